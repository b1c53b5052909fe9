import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { DeployState } from "#services/cli/fleet/deploy-state.ts";
import { runInProcess } from "../../support/run-in-process.ts";

const ACCOUNT = "000000000000";
const RECORD: DeployState = {
  ...{ v: 1, operator: "anna", until: 0, version: "2", leaves: null, phase: "done" },
  ...{ waves: [["loc"]], at: 0, before: { loc: "1" }, raised: {}, tries: {}, bakeFrom: 0 },
  given: { loc: { release: "2", before: "1" } },
  reason: null,
};
/** What `deploy.json` says, and alarms that are raised. */
let record: DeployState | undefined;
let alarms: readonly string[] = [];
let whenWatched: () => void;

const xml = (action: string, inner: string) =>
  `<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`;
const outputs = Object.entries({ Release: "1", RpcUrl: "https://city.example/" }).map(
  ([key, value]) =>
    `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
);
const stack = `<StackStatus>UPDATE_COMPLETE</StackStatus><Outputs>${outputs.join("")}</Outputs>`;

/** An account with the city of the environment `local`, which runs 1 already. */
const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString("utf8");
  const { method, url = "" } = request;
  const what =
    /Action=(\w+)/.exec(body)?.[1] ?? String(request.headers["x-amz-target"]).split(".")[1] ?? "";
  if (url.includes("/deploy.json")) {
    response.setHeader("etag", '"1"');
    if (method === "PUT")
      record = JSON.parse(body.slice(body.indexOf("{"), body.lastIndexOf("}") + 1));
    else if (record === undefined) response.statusCode = 404;
    if (method === "PUT" && record?.phase === "baking") whenWatched();
    response.end(method === "GET" && record !== undefined ? JSON.stringify(record) : "");
  } else if (url.endsWith("/readyz")) {
    response.end(JSON.stringify({ reasons: [], version: "1" }));
  } else if (what === "DescribeAlarms" || what === "") {
    const MetricAlarms = alarms.map((name) => ({ AlarmName: `exos-local-loc-${name}` }));
    response.setHeader("content-type", "application/x-amz-json-1.0");
    response.end(JSON.stringify({ MetricAlarms }));
  } else {
    response.setHeader("content-type", "text/xml");
    const identity = `<Account>${ACCOUNT}</Account>`;
    const inner =
      what === "DescribeStacks" ? `<Stacks><member>${stack}</member></Stacks>` : identity;
    response.end(xml(what, inner));
  }
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo; // It listens on the loopback.
vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${port}`);
vi.stubEnv("AWS_ACCESS_KEY_ID", "none");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "none");
const environment = { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
// Loading the clients takes longer than a test may, on a busy machine.
beforeAll(() => import("#services/cli/fleet/run-rollback.ts"), 60_000);
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  record = RECORD;
  alarms = [];
  whenWatched = () => undefined;
});

const rollback = (...words: string[]) =>
  runInProcess(["fleet", "rollback", "--environment", "local", "--bake", "0", ...words], {
    environment,
  });

it("goes back once, whatever is raised, and then says what runs", async () => {
  alarms = ["TipAge"];
  const said = await rollback();
  expect(said.err).toContain("loc: TipAge raised before 1 came, and not quiet since");
  expect(said).toMatchObject({ code: 0, out: "loc: back from 2 at 1\n" });
  expect(record).toMatchObject({
    ...{ leaves: "2", version: "1", phase: "done", raised: { loc: ["TipAge"] } },
    given: { loc: { release: "1", before: null } },
  });
  const again = await rollback("--city", "loc");
  expect(again).toMatchObject({ code: 7, out: "" });
  expect(again.err).toContain("no city goes back; loc: nothing is known that ran before 1");
}, 30_000);

it("ends at once where it is stopped while its wave is watched, and goes on with that", async () => {
  const stop = new AbortController();
  whenWatched = () => stop.abort();
  const words = ["fleet", "rollback", "--environment", "local", "--bake", "600"];
  const said = await runInProcess(words, { environment, signal: stop.signal });
  expect(said).toMatchObject({ code: 130, out: "" });
  expect(said.err).toContain("loc: 1 runs, and is watched\nstopped; the same command goes on\n");
  expect(record).toMatchObject({ phase: "baking", leaves: "2" });
  expect(await rollback()).toMatchObject({ code: 0, out: "loc: back from 2 at 1\n" });
});

it("says of a fleet that was never deployed that nothing is written down", async () => {
  record = undefined;
  const said = await rollback();
  expect(said).toMatchObject({ code: 7, out: "" });
  expect(said.err).toContain("loc: nothing is written down of what ran there");
});

it("names the release that --city takes back where the last one is elsewhere", async () => {
  record = { ...RECORD, version: "3", waves: [["syd"]], before: { syd: "2" } };
  const said = await rollback();
  expect(said.err).toContain("loc: 3 was not deployed there; --city or --wave takes 2 back to 1");
});

it("is refused while somebody deploys, who is named with what he does", async () => {
  record = { ...RECORD, phase: "deploying", until: 99_999_999_999 };
  const said = await rollback();
  expect(said).toMatchObject({ code: 1, out: "" });
  const told = "EXOS-E8005 anna deploys 2 in loc: `exos fleet deploy --environment local` goes on";
  expect(said.err).toContain(told);
  record = { ...RECORD, phase: "baking", leaves: "3", until: 99_999_999_999 };
  expect((await rollback()).err).toContain("anna takes 3 back to 2 in loc: `exos fleet rollback ");
});

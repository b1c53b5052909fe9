import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { runInProcess } from "../../support/run-in-process.ts";

const ACCOUNT = "000000000000";
const OUTPUTS = ["TaskLoad", "Subnets", "SecurityGroup", "ConnectMapping"];
/** Whose credentials the endpoint says these are. */
let account = ACCOUNT;
const asked: { readonly what: string; readonly body: string }[] = [];

const xml = (action: string, inner: string) =>
  `<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`;
const stack = OUTPUTS.map(
  (name) => `<member><OutputKey>${name}</OutputKey><OutputValue>${name}-1</OutputValue></member>`,
).join("");
const ANSWERS: Record<string, string> = {
  DescribeStacks: xml(
    "DescribeStacks",
    `<Stacks><member><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${stack}</Outputs></member></Stacks>`,
  ),
  ListMessageMoveTasks: JSON.stringify({ Results: [] }),
  RunTask: JSON.stringify({ tasks: [{ taskArn: "arn:task" }] }),
  DescribeTasks: JSON.stringify({
    tasks: [{ lastStatus: "STOPPED", containers: [{ exitCode: 0 }] }],
  }),
};

/** Answers for every service that these verbs ask, as the services write them. */
const server = createServer(async (request, response) => {
  const chunks = await request.toArray();
  const body = Buffer.concat(chunks).toString("utf8");
  const target = String(request.headers["x-amz-target"] ?? "").split(".")[1];
  const what = target ?? /Action=(\w+)/.exec(body)?.[1] ?? `${request.method} ${request.url}`;
  asked.push({ what, body });
  const identity = xml("GetCallerIdentity", `<Account>${account}</Account>`);
  const answer = what === "GetCallerIdentity" ? identity : (ANSWERS[what] ?? "{}");
  response.setHeader("content-type", answer.startsWith("<") ? "text/xml" : "application/json");
  response.end(answer);
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo; // It listens on the loopback.
vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${port}`);
vi.stubEnv("AWS_ACCESS_KEY_ID", "none");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "none");
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

/** A verb on the city of the environment `local`, and what changed by it. */
async function run(...words: string[]) {
  asked.length = 0;
  const said = await runInProcess(["fleet", ...words, "--environment", "local", "--json"]);
  const changes = asked.filter(({ what }) => !/^(Get|List|Describe|GET )/.test(what));
  return { said, changes };
}

describe("looking after a deployed city", () => {
  it("brings dead messages back by the names of its queues", async () => {
    const { said, changes } = await run("redrive", "loc");
    expect(said.code).toBe(0);
    expect(JSON.parse(said.out)).toMatchObject({ schema: "exos.fleet-redrive.v1", city: "loc" });
    expect(changes.map(({ body }) => JSON.parse(body).SourceArn)).toEqual([
      `arn:aws:sqs:us-east-1:${ACCOUNT}:exos-local-loc-dead`,
      `arn:aws:sqs:us-east-1:${ACCOUNT}:exos-local-loc-dead.fifo`,
    ]);
  });

  it("says what would go of a city, and asks for no change", async () => {
    const { said, changes } = await run("gc", "loc", "--dry-run");
    expect(said.code).toBe(0);
    expect(JSON.parse(said.out)).toEqual({
      schema: "exos.fleet-gc.v1",
      city: "loc",
      dryRun: true,
      tables: [],
      blocks: { state: "unpacked", below: 0, looked: 0, dead: 0, copies: 0, deleted: 0 },
    });
    expect(changes).toEqual([]);
  });

  it("runs the loader that the stacks name", async () => {
    const { said, changes } = await run("load", "loc");
    expect(JSON.parse(said.out)).toEqual({
      schema: "exos.fleet-load.v1",
      city: "loc",
      state: "started",
      task: "arn:task",
    });
    expect(changes).toHaveLength(1);
    expect(JSON.parse(changes[0]?.body ?? "")).toMatchObject({
      cluster: "exos-local-loc",
      taskDefinition: "TaskLoad-1",
      // Nobody has published anything.
      overrides: {
        containerOverrides: [{ command: ["services/ingest/main.ts", "load", "--from", "genesis"] }],
      },
      networkConfiguration: { awsvpcConfiguration: { securityGroups: ["SecurityGroup-1"] } },
    });
  });

  it("waits on for a refill that was stopped, and turns connect on", async () => {
    const mapping = "/2015-03-31/event-source-mappings/ConnectMapping-1";
    const before = { ...ANSWERS };
    const task = { taskArn: "arn:task-9", startedBy: "refill-4", lastStatus: "STOPPED" };
    Object.assign(ANSWERS, {
      [`GET ${mapping}`]: JSON.stringify({ State: "Disabled" }),
      ListTasks: JSON.stringify({ taskArns: [task.taskArn] }),
      DescribeTasks: JSON.stringify({ tasks: [{ ...task, containers: [{ exitCode: 0 }] }] }),
    });
    const { said, changes } = await run("load", "loc");
    Object.assign(ANSWERS, before, { [`GET ${mapping}`]: "{}" });
    expect(JSON.parse(said.out)).toMatchObject({ state: "ended", task: "arn:task-9" });
    expect(changes.map(({ what, body }) => [what, JSON.parse(body)])).toEqual([
      [`PUT ${mapping}`, { Enabled: true }],
    ]);
  });

  it("tells the loader whose snapshot it begins with", async () => {
    const trust = "ab".repeat(32);
    const { said, changes } = await run("load", "loc", "--from", "loc", "--trust", trust);
    expect(said.code).toBe(0);
    const bucket = `exos-local-loc-${ACCOUNT}-chain`;
    const [container] = JSON.parse(changes[0]?.body ?? "").overrides.containerOverrides;
    const words = ["services/ingest/main.ts", "load", "--from", bucket];
    expect(container.command).toEqual([...words, "--trust", trust]);
    // Nobody needs to vouch on a network for development.
    const again = await run("load", "loc", "--from", "loc");
    const [other] = JSON.parse(again.changes[0]?.body ?? "").overrides.containerOverrides;
    expect(other.command).toEqual(words);
  });

  it("has the loader publish the city's own set", async () => {
    const { said, changes } = await run("load", "loc", "--snapshot");
    expect(said.code).toBe(0);
    const [container] = JSON.parse(changes[0]?.body ?? "").overrides.containerOverrides;
    expect(container.command).toEqual(["services/ingest/main.ts", "load", "--snapshot"]);
  });

  it("fills it anew while connect is off", async () => {
    const { said, changes } = await run("load", "loc", "--refill", "--confirm", "loc");
    expect(said.code).toBe(0);
    const mapping = "PUT /2015-03-31/event-source-mappings/ConnectMapping-1";
    expect(changes.map(({ what }) => what)).toEqual([mapping, "RunTask", mapping]);
    expect(changes.map(({ body }) => JSON.parse(body).Enabled)).toEqual([false, undefined, true]);
  });
});

describe("credentials of another account", () => {
  afterEach(() => {
    account = ACCOUNT;
  });

  it.each([
    ["deploy"],
    ["rollback"],
    ["status"],
    ["destroy", "--city", "loc", "--confirm", "loc"],
    ["redrive", "loc"],
    ["load", "loc"],
    ["gc", "loc"],
  ])("are refused by %s before anything else is asked", async (...words) => {
    account = "222233334444";
    const { said } = await run(...words);
    expect(said).toMatchObject({ code: 1, out: "" });
    expect(JSON.parse(said.err.split("\n")[0] ?? "")).toMatchObject({ code: "EXOS-E8009" });
    expect(said.err).toContain(`account ${account}: local stands in ${ACCOUNT}`);
    expect(asked.map(({ what }) => what)).toEqual(["GetCallerIdentity"]);
  });
});

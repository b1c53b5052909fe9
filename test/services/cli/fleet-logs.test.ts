import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { FUNCTIONS } from "#regions/city-names.ts";
import { type CityLogsDeps, findCityLogs, PAGES_MAX } from "#services/cli/fleet/city-logs.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { openCannedEndpoint, xmlAnswer } from "../../support/aws/canned-endpoint.ts";
import { runInProcess } from "../../support/run-in-process.ts";

const HASH = "ab".repeat(32);
const line = (record: object) => JSON.stringify({ level: "info", time: "", ...record });
/** Lines by group, with their times. */
let groups: Record<string, readonly (readonly [number, string])[]> = {};

const endpoint = await openCannedEndpoint(({ what, body }) => {
  if (what === "GetCallerIdentity") return xmlAnswer(what, "<Account>000000000000</Account>");
  const { logGroupName, filterPattern } = JSON.parse(body);
  const found = groups[logGroupName];
  const missing = { __type: "ResourceNotFoundException" };
  if (found === undefined) return { status: 400, text: JSON.stringify(missing) };
  const phrase = /^"(.*)"$/.exec(filterPattern ?? "")?.[1] ?? "";
  const events = found
    .filter(([, message]) => message.includes(phrase))
    .map(([timestamp, message]) => ({ timestamp, message }));
  return JSON.stringify({ events, searchedLogStreams: [] });
});
vi.stubEnv("AWS_ENDPOINT_URL", endpoint.url);
vi.stubEnv("AWS_ACCESS_KEY_ID", "none");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "none");
afterAll(async () => {
  vi.unstubAllEnvs();
  await endpoint[Symbol.asyncDispose]();
});
beforeEach(() => {
  endpoint.asked.length = 0;
  groups = {
    "/exos/local/loc/connect": [
      [3_000, line({ msg: "a block was begun", level: "error", code: "EXOS-E8111", hash: HASH })],
      [5_000, line({ msg: "connected", height: 8 })],
      [5_500, line({ type: "platform.report", record: {} })],
      [5_600, line({ _aws: { Timestamp: 1 }, TipHeight: 8 })],
    ],
    "/exos/local/loc/ingest": [
      [1_000, "Error: it died before it could log"],
      [4_000, line({ msg: "block stored", height: 7, hash: HASH })],
    ],
  };
});

const logs = (...words: string[]) =>
  runInProcess(["fleet", "logs", "loc", "--environment", "local", ...words], {
    environment: { AWS_ENDPOINT_URL: endpoint.url },
  });

describe("exos fleet logs", () => {
  it("merges the lines of all parts by time, without figures, and names who said each", async () => {
    const { code, out } = await logs();
    expect(code).toBe(0);
    expect(out.trimEnd().split("\n")).toEqual([
      "1970-01-01T00:00:01.000Z ingest: Error: it died before it could log",
      `1970-01-01T00:00:03.000Z error connect: a block was begun hash="${HASH}" [EXOS-E8111]`,
      `1970-01-01T00:00:04.000Z info  ingest: block stored height=7 hash="${HASH}"`,
      "1970-01-01T00:00:05.000Z info  connect: connected height=8",
    ]);
    const searched = endpoint.asked.filter(({ what }) => what === "FilterLogEvents");
    expect(searched).toHaveLength(FUNCTIONS.length + 1);
    expect(searched.every(({ headers }) => headers.authorization?.includes("/logs/"))).toBe(true);
  });

  it("of a height finds the lines that know its block by the hash alone", async () => {
    const { out } = await logs("--block", "7", "--json");
    const { lines, cut } = JSON.parse(out);
    expect(lines.map((one: { part: string; record: object }) => [one.part, one.record])).toEqual([
      ["connect", expect.objectContaining({ code: "EXOS-E8111" })],
      ["ingest", expect.objectContaining({ msg: "block stored" })],
    ]);
    expect(cut).toBe(false);
    const patterns = endpoint.asked.flatMap(({ body, what }) =>
      what === "FilterLogEvents" ? [JSON.parse(body).filterPattern] : [],
    );
    expect(new Set(patterns)).toEqual(new Set(["{ $.height = 7 }", `"${HASH}"`]));
  });

  it("reads one function since a time, and the newest of its lines alone", async () => {
    const { out, err } = await logs("--function", "connect", "--since", "2h", "--lines", "1");
    expect(out.trimEnd().split("\n")).toHaveLength(1);
    expect(out).toContain("connected");
    expect(err).toContain("there is more");
    const asked = endpoint.asked.filter(({ what }) => what === "FilterLogEvents");
    expect(asked).toHaveLength(1);
    const { startTime, logGroupName } = JSON.parse(asked[0]?.body ?? "");
    expect(logGroupName).toBe("/exos/local/loc/connect");
    expect(Math.abs(Date.now() - 7_200_000 - startTime)).toBeLessThan(600_000);
  });

  it.each([
    ["a function that is none", ["--function", "mint"]],
    ["a block that is none", ["--block", "7x"]],
    ["a time of another year", ["--since", "1999-01-01"]],
    ["a time that is none", ["--since", "yesterday"]],
    ["longer than logs are kept", ["--since", "8d"]],
    ["no lines", ["--lines", "0"]],
  ])("refuses %s", async (_, words) => {
    expect(await logs(...words)).toMatchObject({ code: 2, out: "" });
    expect(endpoint.asked).toEqual([]);
  });
});

describe("the lines of a city", () => {
  const query = { parts: ["rpc"], fromMs: 0, block: undefined, lines: 5 };
  const event = (atMs: number) => ({ atMs, text: line({ msg: `line ${atMs}` }) });
  const deps = (page: CityLogsDeps["page"]) => {
    const slept: number[] = [];
    const clock = { sleep: async (ms: number) => void slept.push(ms) };
    return { page, clock, slept };
  };

  it("are read page by page, and no page beyond the last", async () => {
    let pages = 0;
    const endless = deps(async ({ cursor }) => {
      expect(cursor).toBe(pages === 0 ? undefined : `${pages}`);
      pages++;
      return { events: [event(pages)], next: `${pages}` };
    });
    const { lines, cut } = await findCityLogs(query, endless);
    expect(pages).toBe(PAGES_MAX);
    expect(lines.map(({ atMs }) => atMs)).toEqual([46, 47, 48, 49, 50]);
    expect(cut).toBe(true);
  });

  it("are asked for again where the answer was for now, and not where it is for good", async () => {
    const fault = (retryable: boolean) =>
      new StoreFault("no", { retryable, code: retryable ? "EXOS-E8100" : "EXOS-E8104" });
    let left = 2;
    const busy = deps(async () => {
      if (left-- > 0) throw fault(true);
      return { events: [event(1)], next: undefined };
    });
    expect((await findCityLogs(query, busy)).lines).toHaveLength(1);
    expect(busy.slept).toHaveLength(2);
    const dead = deps(async () => {
      throw fault(true);
    });
    await expect(findCityLogs(query, dead)).rejects.toMatchObject({ code: "EXOS-E8100" });
    expect(dead.slept).toHaveLength(3);
    const closed = deps(async () => {
      throw fault(false);
    });
    await expect(findCityLogs(query, closed)).rejects.toMatchObject({ code: "EXOS-E8104" });
    expect(closed.slept).toEqual([]);
  });
});

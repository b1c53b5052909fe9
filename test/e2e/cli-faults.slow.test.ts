import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runInProcess, type Said } from "../support/run-in-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { vectorsPath } from "../support/vectors.ts";

const chain = vectorsPath("stratis/blk0001.dat");
const BLOCKS = 60;

/** One sentence with its code, and nothing that only a programmer can read. */
function expectSentence({ code, err }: Said, exit: number, pattern: RegExp): void {
  // An import that takes a second says first how far it is.
  expect(err).toMatch(new RegExp(pattern, "m"));
  expect(err).not.toMatch(/^\s+at /m);
  expect(code).toBe(exit);
}

/** A data folder of stratis with some blocks in it, and the words that name it. */
async function chainFolder(): Promise<{ readonly folder: string; readonly place: string[] }> {
  const folder = temporaryFolder();
  const place = ["--network", "stratis", "--datadir", folder, "--jobs", "0"];
  const words = ["import", chain ?? "", ...place, "--stop-height", String(BLOCKS)];
  expect(await runInProcess(words)).toMatchObject({ code: 0 });
  return { folder: join(folder, "stratis"), place };
}

/** Start a node on this folder, and stop it as soon as it is ready. */
async function start(place: readonly string[]): Promise<Said> {
  const stop = new AbortController();
  const onOutput = (out: string): void => {
    if (out.includes("JSON-RPC")) stop.abort();
  };
  const words = ["start", ...place, "--httpport", "0", "--rpcport", "0"];
  return await runInProcess(words, { signal: stop.signal, onOutput });
}

describe("a mistyped command line", () => {
  it.each([
    [["strat"], /^EXOS-E0001 there is no command "strat"; did you mean start\?/],
    [["status", "--htpport", "1"], /^EXOS-E0001 unknown option --htpport; did you mean --httpport/],
    [["status", "--httpport", "70000"], /^EXOS-E0002 --httpport.* 65535|^EXOS-E0001.* 65535/],
    [["import"], /^EXOS-E0002 the path of a chain file is missing\nusage: /],
    [["import", "a", "--stop-height", "x"], /^EXOS-E0001 --stop-height: "x" is no whole number/],
    [["export", "a", "--framing", "none"], /neither magic nor length/],
    [["status", "now"], /^EXOS-E0002 exos status takes no "now"\nusage: exos status/],
    [["repair", "--from", "coins"], /neither index nor blocks/],
    [["start", "--network", "nowhere"], /^EXOS-E0004 network "nowhere" is none of exos, /],
    [["start", "--httpbind", "0.0.0.0"], /^EXOS-E0008 httpbind 0.0.0.0 reaches beyond/],
    [["start", "--rpcauth", "me"], /^EXOS-E0002 rpcauth/],
    [["dev", "--network", "stratis"], /^EXOS-E0007 dev mines blocks/],
  ])("is answered by one sentence: %j", async (words, pattern) => {
    const ports = ["start", "dev"].includes(words[0] ?? "") ? ["--httpport=0", "--rpcport=0"] : [];
    const environment = { EXOS_DATADIR: temporaryFolder() };
    expectSentence(await runInProcess([...words, ...ports], { environment }), 2, pattern);
  });

  it("is told to a program in the shape of every other line", async () => {
    const { err } = await runInProcess(["strat", "--json"]);
    expect(JSON.parse(err)).toMatchObject({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      level: "error",
      code: "EXOS-E0001",
      msg: expect.stringContaining("did you mean start?"),
    });
  });

  it("names the line of exos.conf and the nearest key", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "exos.conf"), "rpcport=1\nrcpport=2\n");
    const said = await runInProcess(["status", "--datadir", folder]);
    expectSentence(
      said,
      2,
      /exos.conf line 2: unknown configuration key "rcpport"; did you mean rpcport/,
    );
  });
});

describe("exos config", () => {
  it.each([
    [["get", "rpcport"], { schema: "exos.config-key.v1", key: "rpcport", value: "7" }],
    [["explain", "rpcport"], { schema: "exos.config-key.v1", value: "7", default: "15889" }],
    [["explain", "httpport"], { schema: "exos.config-key.v1", source: "network", value: "39122" }],
    [["path"], { schema: "exos.config-path.v1", path: expect.stringContaining("exos.conf") }],
    [["set", "rpcpassword", "hush"], { schema: "exos.config-set.v1", value: "(secret)" }],
    [["list"], { schema: "exos.config.v1" }],
  ])("answers %j with one JSON document when asked for it", async (words, document) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "exos.conf"), "rpcport=7\n", { mode: 0o600 });
    const said = await runInProcess(["config", ...words, "--datadir", folder, "--json"]);
    expect(said.code).toBe(0);
    expect(JSON.parse(said.out)).toMatchObject(document);
    expect(said.out + said.err).not.toContain("hush");
  });
});

describe.skipIf(chain === undefined)("a chain file that is not what it should be", () => {
  const raw: Uint8Array = chain === undefined ? new Uint8Array(0) : readFileSync(chain);

  it.each([
    ["is not there", (): Uint8Array | undefined => undefined, 7, /^EXOS-E2003 .*bad.dat/],
    ["is empty", () => new Uint8Array(0), 1, /^EXOS-E2006 .*bad.dat/],
    ["ends inside a block", () => raw.subarray(0, 5_000), 1, /^EXOS-E2004 .*bad.dat.* offset \d+/],
    [
      "has a changed header",
      () => flipped(raw, 3_000),
      1,
      /^EXOS-E2007 .* offset 2977 of .*bad.dat.* height 15\./,
    ],
    [
      "has a changed transaction",
      () => flipped(raw, 3_100),
      6,
      /^EXOS-E2009 Block 16 .* offset 2977 of .*bad.dat.* height 15\./,
    ],
  ] as const)("is refused when it %s", async (_, bytes, exit, pattern) => {
    const folder = temporaryFolder();
    const path = join(folder, "bad.dat");
    const content = bytes();
    if (content !== undefined) writeFileSync(path, content);
    const words = ["import", path, "--network", "stratis", "--datadir", folder, "--jobs", "0"];
    expectSentence(await runInProcess(words), exit, pattern);
  });

  it("is refused by a folder of another network, and changes nothing there", async () => {
    const environment = { EXOS_DATADIR: temporaryFolder(), EXOS_JOBS: "0" };
    const said = await runInProcess(["import", chain ?? ""], { environment });
    expectSentence(said, 1, /^EXOS-E2005 .*belongs to the network stratis, not to exos-regtest/);
  });
});

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

describe.skipIf(chain === undefined)("a data folder that is not what it should be", () => {
  it("is explained when a newer version wrote it, or another network", async () => {
    const { folder, place } = await chainFolder();
    const path = join(folder, "format.json");
    const format = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...format, format: format.format + 1 }));
    expectSentence(await start(place), 1, /^EXOS-E1005 .*stratis has format/);
    writeFileSync(path, JSON.stringify({ ...format, network: "exos" }));
    expectSentence(await start(place), 1, /^EXOS-E1007 .*stratis holds exos/);
  });

  it("is explained when it is a file", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const said = await runInProcess(["import", chain ?? "", "--datadir", file]);
    expectSentence(said, 2, /^EXOS-E1008 .*file/);
  });

  it.each([
    ["coins", "CURRENT", "blocks"],
    ["blocks", "CURRENT", "blocks"],
    [".", "index.sqlite", "index"],
    [".", "format.json", "blocks"],
  ])("names exos repair, which works: %s/%s", async (store, name, part) => {
    const { folder, place } = await chainFolder();
    const stopped = await start(place);
    expect(stopped.code).toBe(0);
    writeFileSync(join(folder, store, name), "nonsense, and long enough to be read as a header");
    expectSentence(await start(place), 1, /^EXOS-E10\d\d [\s\S]*exos repair/);

    const repaired = await runInProcess(["repair", ...place, "--json"]);
    expect(repaired).toMatchObject({ code: 0 });
    expect(JSON.parse(repaired.out)).toMatchObject({ schema: "exos.repair.v1", part });
    const tip = /tip +(\d+ [0-9a-f]{64})/;
    expect(tip.exec((await start(place)).out)?.[1]).toBe(tip.exec(stopped.out)?.[1]);
    const again = await runInProcess(["repair", ...place]);
    expect(again).toMatchObject({ code: 0 });
    expect(again.out).toContain("nothing to repair");
  });

  it("has repair find a byte that changed in the coins", async () => {
    const { folder, place } = await chainFolder();
    const stopped = await start(place);
    const coins = join(folder, "coins");
    for (const name of readdirSync(coins).filter((name) => name.endsWith(".ldb"))) {
      const bytes = readFileSync(join(coins, name));
      writeFileSync(join(coins, name), flipped(bytes, bytes.length >> 1));
    }
    expectSentence(await runInProcess(["doctor", ...place]), 1, /^/);
    const repaired = await runInProcess(["repair", ...place, "--json"]);
    expect(JSON.parse(repaired.out)).toMatchObject({ part: "blocks" });
    expect(await runInProcess(["doctor", ...place])).toMatchObject({ code: 0 });
    const tip = /tip +(\d+ [0-9a-f]{64})/;
    expect(tip.exec((await start(place)).out)?.[1]).toBe(tip.exec(stopped.out)?.[1]);
  });

  it("has repair go on where one died while it looked", async () => {
    const { folder, place } = await chainFolder();
    writeFileSync(join(folder, "diagnosing"), "");
    const repaired = await runInProcess(["repair", ...place, "--json"]);
    expect(JSON.parse(repaired.out)).toMatchObject({ part: "blocks" });
    const again = await runInProcess(["repair", ...place]);
    expect(again.out).toContain("nothing to repair");
  });

  it("is judged by doctor: healthy, then damaged", async () => {
    const { folder, place } = await chainFolder();
    const healthy = await runInProcess(["doctor", ...place, "--json"]);
    const checks = JSON.parse(healthy.out).checks as { id: string; verdict: string }[];
    expect(checks.filter(({ verdict }) => verdict === "broken")).toEqual([]);
    expect(checks.map(({ id }) => id)).toContain("store-totals");
    writeFileSync(join(folder, "coins", "CURRENT"), "nonsense");
    const damaged = await runInProcess(["doctor", ...place]);
    expect(damaged.code).toBe(1);
    expect(damaged.out).toMatch(/^FAIL {2}store-tip .*EXOS-E1004/m);
  });
});

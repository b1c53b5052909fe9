import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "#services/cli/commands.ts";
import { layDevelopmentWallet, openDevelopmentNode } from "../support/development-node.ts";
import { ALONE } from "../support/readme-lines.ts";
import { runInProcess } from "../support/run-in-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { vectorsPath } from "../support/vectors.ts";

const examples = COMMANDS.flatMap(({ examples = [] }) => examples);
const first = (line: string): string => line.split(" ")[0] ?? "";
/** The one that stops it comes last. */
const NODE_COMMANDS = [
  "status",
  "sync",
  "stake",
  "peers",
  "logs",
  "rpc",
  "wallet",
  "address",
  "balance",
  "send",
];
const nodeExamples = [...NODE_COMMANDS, "stop"].flatMap((name) =>
  examples.filter((line) => first(line) === name),
);
const longExamples = examples.filter((line) => ["dev", "start"].includes(first(line)));
const fileExamples = examples.filter((line) => ["import", "export"].includes(first(line)));
const snapshotExamples = examples.filter((line) => first(line) === "snapshot");
/** Wants cities: run by `fleet-scenario.ts`. */
const fleetExamples = examples.filter((line) => line === "fleet status");
const elsewhere = [...longExamples, ...fileExamples, ...snapshotExamples, ...fleetExamples];
/** Run by `readme.slow.test.ts`. */
const inReadme = ALONE.map((line) => line.replace(/^npm start -- /, ""));
const others = examples.filter(
  (line) => ![...nodeExamples, ...elsewhere, ...inReadme].includes(line),
);

describe("the examples of the help pages", () => {
  it("stand on the page of their command, and every command has a page", async () => {
    for (const { name, examples: own = [] } of COMMANDS) {
      const { code, out } = await runInProcess([name, "--help"]);
      expect(code).toBe(0);
      for (const line of own) expect(out).toContain(`exos ${line}`);
    }
    expect(await runInProcess(["--help"])).toMatchObject({ code: 0 });
  });

  it("work against a running node", async () => {
    await using node = await openDevelopmentNode(temporaryFolder());
    const { environment } = node;
    for (const line of nodeExamples) {
      const { code, err } = await runInProcess(line.split(" "), { environment });
      expect({ line, code, err }).toEqual({ line, code: 0, err: "" });
    }
  });

  it.each(longExamples)("start a node: %s", async (line) => {
    const stop = new AbortController();
    const folder = temporaryFolder();
    await layDevelopmentWallet(folder);
    const environment = {
      EXOS_DATADIR: folder,
      EXOS_HTTPPORT: "0",
      EXOS_RPCPORT: "0",
    };
    const { code, err } = await runInProcess(line.split(" "), {
      environment,
      signal: stop.signal,
      onOutput: (out) =>
        /Ctrl-C stops it[\s\S]*JSON-RPC|Ctrl-C stops it\. /.test(out) && stop.abort(),
    });
    expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
  });

  it.each(others)("need no node: %s", async (line) => {
    const environment = { EXOS_DATADIR: temporaryFolder(), EXOS_HTTPPORT: "0", EXOS_RPCPORT: "0" };
    const { code, err } = await runInProcess(line.split(" "), { environment });
    expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
  });

  const chain = vectorsPath("exos-regtest/chain.dat");
  it.skipIf(chain === undefined)("move chain files", async () => {
    const folder = temporaryFolder();
    copyFileSync(chain ?? "", join(folder, "chain.dat"));
    const environment = { EXOS_DATADIR: folder };
    for (const line of fileExamples.toReversed()) {
      const words = line
        .split(" ")
        .map((word) => (/\.(dat|bin)$/.test(word) ? join(folder, word) : word));
      const { code, err } = await runInProcess(words, { environment });
      expect({ line, code, err: code === 0 ? "" : err }).toEqual({ line, code: 0, err: "" });
    }
    for (const line of snapshotExamples) {
      const words = line.replace("backup", join(folder, "backup")).split(" ");
      const fresh = { EXOS_DATADIR: temporaryFolder() };
      const { code, err } = await runInProcess(words, {
        environment: words[1] === "import" ? fresh : environment,
      });
      expect({ line, code, err: code === 0 ? "" : err }).toEqual({ line, code: 0, err: "" });
    }
  });
});

import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type CliProcess, type Ended, runCli, runShell, startCli } from "../support/cli-process.ts";
import { SHORT_CHAINS, totalsOf } from "../support/recorded-chains.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { vectorsPath } from "../support/vectors.ts";

const ANY_PORTS = ["--httpport", "0", "--rpcport", "0"];
const READY = /Ctrl-C stops it/;

function startDev(folder: string): CliProcess {
  return startCli(["dev", "--datadir", folder, ...ANY_PORTS]);
}

/** A pasted line as it ends; a node that it starts is stopped once it has the chain. */
async function tryOut(line: string): Promise<Ended> {
  const words = /^ *npm start -- (start .*)$/.exec(line)?.[1]?.split(" ");
  if (words === undefined) return runShell(line);
  await using node = startCli(words);
  const [said] = await node.says(/tip 100 % .*/);
  node.signal("SIGINT");
  return { ...(await node.ended()), out: said };
}

describe("exos dev", () => {
  it("mines its first blocks, prints five things that work, stops on Ctrl-C and goes on later", async () => {
    const folder = temporaryFolder();
    {
      await using node = startDev(folder);
      await node.says(READY);
      const [said] = await node.says(/[\s\S]*/);
      expect(said).toContain("ready in");
      expect(said).toContain("XBxPQk8V7ZJfwitgKHu6Nmw9bBQMTjUtg9");
      expect(said).toContain("holds 300000132.00000000 TEXOS");

      const lines = said.split("\n").filter((line) => /^ {2}(npm start|node) /.test(line));
      expect(lines).toHaveLength(5);
      const answers: string[] = [];
      for (const line of lines) {
        const { code, out, err } = await tryOut(line);
        expect({ line, code, err: code === 0 ? "" : err }).toEqual({ line, code: 0, err: "" });
        answers.push(out);
      }
      expect(answers[0]).toContain("health ok");
      expect(answers[1]).toContain("Nothing has to be done.");
      expect(answers[2]).toMatch(/^txid +[0-9a-f]{64}$/m);
      expect(answers[3]).toContain('"received":');
      expect(answers[4]).toMatch(/tip 100 % · height \d+ · 1 peer/);

      node.signal("SIGINT");
      expect(await node.ended()).toMatchObject({ code: 0 });
      expect(existsSync(join(folder, "exos-regtest", ".cookie"))).toBe(false);
    }
    await using again = startDev(folder);
    await again.says(/at height (1[2-9]|[2-9]\d)\./);
    await again.says(READY);

    const second = await runCli(["status", "--datadir", folder, "--httpport", "1"]);
    expect(second).toMatchObject({ code: 8 });
    const rival = await runCli(["dev", "--datadir", folder, ...ANY_PORTS]);
    expect(rival.code).toBe(1);
    expect(rival.err).toMatch(/^EXOS-E1001 .* is held by process \d+/);
    expect(rival.err).not.toContain("    at ");

    again.signal("SIGTERM");
    expect(await again.ended()).toMatchObject({ code: 0 });
  });
});

const [stratisChain] = SHORT_CHAINS;
const stratisFile = vectorsPath("stratis/blk0001.dat");
const heavyFile = vectorsPath("exos-regtest/heavy.dat");

describe("exos import and exos start", () => {
  it.skipIf(stratisFile === undefined || stratisChain === undefined)(
    "replay a chain in two parts, say that nothing is left, and answer for it",
    async () => {
      const place = ["--network", "stratis", "--datadir", temporaryFolder()];
      const words = ["import", stratisFile ?? "", ...place, "--json"];
      const first = await runCli([...words, "--stop-height", "300"]);
      expect(first.code).toBe(0);
      expect(JSON.parse(first.out)).toMatchObject({ height: 300, blocks: 300 });

      const rest = await runCli([...words, "--jobs", "1"]);
      const totals = stratisChain === undefined ? {} : totalsOf(stratisChain);
      const { transactions, seconds, ...facts } = JSON.parse(rest.out);
      expect(facts).toEqual({
        schema: "exos.import.v1",
        network: "stratis",
        ...totals,
        blocks: 1699,
      });
      expect([typeof transactions, typeof seconds]).toEqual(["number", "number"]);

      const none = await runCli(words.filter((word) => word !== "--json"));
      expect(none).toMatchObject({ code: 0 });
      expect(none.out).toContain("nothing to do");
      expect(none.out).toContain(stratisChain?.muhash);

      await using node = startCli(["start", ...place, ...ANY_PORTS, "--json"]);
      const [line] = await node.says(/\{"schema":"exos.ready.v1".*\}/);
      const { httpUrl, hash } = JSON.parse(line);
      expect(hash).toBe(stratisChain?.hash);
      await node.says(/index \d+ %/);
      const answer = await fetch(`${httpUrl}/v1/supply`);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain(stratisChain?.supply);
      const ready = async () => (await fetch(`${httpUrl}/readyz`)).status;
      await expect.poll(ready, { timeout: 300_000 }).toBe(200);

      const { port } = new URL(httpUrl);
      const taken = await runCli(["dev", "--datadir", temporaryFolder(), "--httpport", port]);
      expect(taken.code).toBe(1);
      expect(taken.err).toMatch(/^EXOS-E0006 .*httpport/);
      node.signal("SIGINT");
      expect(await node.ended()).toMatchObject({ code: 0 });
    },
  );

  it.skipIf(heavyFile === undefined)(
    "save what was done at Ctrl-C and print how to go on",
    async () => {
      const words = ["import", heavyFile ?? "", "--datadir", temporaryFolder()];
      await using run = startCli(words);
      await run.says(/blocks \d+ %/);
      run.signal("SIGINT");
      const { code, err } = await run.ended();
      expect(code).toBe(130);
      expect(err).toContain(`npm start -- ${words.join(" ")}`);
      const height = Number(/stopped at height (\d+)/.exec(err)?.[1]);
      expect(height).toBeGreaterThan(0);
      const on = await runCli([...words, "--stop-height", String(height + 3), "--json"]);
      expect(JSON.parse(on.out)).toMatchObject({ height: height + 3, blocks: 3 });
    },
  );
});

describe("a node that is killed", () => {
  it("keeps what it answered for: blocks, and what was invalidated", async () => {
    const place = ["--datadir", temporaryFolder(), "--network", "exos-regtest"];
    const tipAfterKill = async (...calls: readonly string[][]): Promise<number> => {
      const words: string[][] = [...calls, ["getblockcount"]];
      let height = -1;
      await using node = startCli(["start", ...place, ...ANY_PORTS, "--json"]);
      const [line] = await node.says(/\{"schema":"exos.ready.v1".*\}/);
      const { rpcUrl } = JSON.parse(line);
      for (const call of words) {
        const said = await runCli(["rpc", ...place, "--rpcport", new URL(rpcUrl).port, ...call]);
        expect(said.code).toBe(0);
        height = Number(said.out);
        if (call[0] === "getblockhash") words.at(-2)?.push(said.out.trim());
      }
      node.signal("SIGKILL");
      await node.ended();
      return height;
    };
    const invalidate = [["generate", "9"], ["getblockhash", "6"], ["invalidateblock"]];
    expect(await tipAfterKill(...invalidate)).toBe(5);
    expect(await tipAfterKill()).toBe(5);
  });
});

import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runShell } from "./support/cli-process.ts";
import { openDevelopmentNode } from "./support/development-node.ts";
import { ALONE, WITH_CHAIN, WITH_NODE } from "./support/readme-lines.ts";
import { runInProcess } from "./support/run-in-process.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";
import { vectorsPath } from "./support/vectors.ts";

const exos = (line: string): string[] => line.replace(/^npm start -- /, "").split(" ");

describe("the README", () => {
  it("shows five things that work while the node runs", async () => {
    await using node = await openDevelopmentNode(temporaryFolder());
    const { environment, httpPort } = node;
    for (const line of WITH_NODE) {
      const said = line.startsWith("npm")
        ? await runInProcess(exos(line), { environment })
        : await runShell(line.replace("39122", String(httpPort)));
      expect({ line, code: said.code, err: said.code === 0 ? "" : said.err }).toEqual({
        line,
        code: 0,
        err: "",
      });
    }
  });

  it.each(ALONE)("shows %s", async (line) => {
    const environment = { EXOS_DATADIR: temporaryFolder() };
    expect(await runInProcess(exos(line), { environment })).toMatchObject({ code: 0 });
  });

  const chain = vectorsPath("stratis/blk0001.dat");
  it.skipIf(chain === undefined)(
    "shows how to import a chain, answer for it and look after it",
    async () => {
      const folder = temporaryFolder();
      copyFileSync(chain ?? "", join(folder, "blk0001.dat"));
      const here = (word: string) =>
        /^(blk0001|copy)\.dat$|^\.\/\w+$/.test(word) ? join(folder, word) : word;
      let muhash = "";
      for (const line of WITH_CHAIN) {
        const stop = new AbortController();
        const words = exos(line.replace("MUHASH", muhash)).map(here);
        const ports = words[0] === "start" ? ["--httpport", "0", "--rpcport", "0"] : [];
        const said = await runInProcess([...words, ...ports], {
          signal: stop.signal,
          onOutput: (out) => out.includes("JSON-RPC") && stop.abort(),
        });
        expect({ line, code: said.code, err: said.code === 0 ? "" : said.err }).toEqual({
          line,
          code: 0,
          err: "",
        });
        muhash = /muhash +([0-9a-f]{64})/.exec(said.out)?.[1] ?? muhash;
      }
      const copy = readFileSync(join(folder, "copy.dat"));
      expect(copy.equals(readFileSync(join(folder, "blk0001.dat")))).toBe(true);
    },
  );
});

import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ERROR_CATALOGUE } from "#shared/primitives/error-catalogue.ts";
import { runShell } from "./support/cli-process.ts";
import { openDevelopmentNode } from "./support/development-node.ts";
import { runInProcess } from "./support/run-in-process.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";
import { vectorsPath } from "./support/vectors.ts";

const readme = readFileSync("README.md", "utf8");
const lines = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
  block.trim().split("\n"),
);
const exos = (line: string): string[] => line.replace(/^npm start -- /, "").split(" ");

/** Run by something else, which is named. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "npm start": "test/long.ts, start",
  "npm test": ".ci/run",
  "npm run check": "npm test, which begins with it",
  "npm run bench": "test/long.ts, bench",
  "npm run bench -- x13 verify": "test/long.ts, bench",
  "npm start -- start --datadir ~/.exos/second --connect 127.0.0.1:15888 --port 0 --httpport 0 --rpcport 0":
    "test/e2e/cli.test.ts, with the port and folder that exos dev prints",
  "npm start -- dev --cities 13": "test/long.ts, cities",
  "npm start -- fleet status": "test/long.ts, cities",
  "npm start -- dev partition 6/7": "test/long.ts, cities",
  "npm start -- dev heal": "test/long.ts, cities",
  "npm start -- cloud up": "test/long.ts, cloud: exos cloud rehearse begins with it",
  "npm start -- cloud down": "test/long.ts, cloud: exos cloud rehearse ends with it",
  "npm start -- cloud rehearse": "test/long.ts, cloud",
  "npm run long -- contracts": ".ci/run",
  "npm run synth": "test/long.ts, synth",
  "npm run bundle": "test/long.ts, synth",
  "npm run long": "by hand: it takes hours",
  "npm run long -- --short": ".ci/run",
};
/** Run here while a development node runs; the URL of the API changes with its port. */
const NODE_LINE =
  /^(npm start -- (status|sync|stake|rpc|peers|logs|wallet|balance|address|send)|node -e) /;
const WITH_NODE = lines.filter((line) => NODE_LINE.test(`${line} `));
/** Run here, in their order, in a folder with the chain. */
const WITH_CHAIN = lines.filter((line) => line.includes(" --network stratis"));
/** Run here alone. */
const ALONE = [
  "npm start -- config",
  "npm start -- config explain dbcache",
  "npm start -- --help",
  "npm start -- fleet plan",
  "npm start -- fleet cost --city syd",
  "npm start -- fleet runbook",
];

describe("the README", () => {
  it("has no command that nothing runs, and nothing runs what it does not have", () => {
    const run = [...Object.keys(ELSEWHERE), ...WITH_NODE, ...WITH_CHAIN, ...ALONE];
    expect(run.toSorted()).toEqual([...new Set(lines)].toSorted());
    expect(WITH_NODE).toHaveLength(13);
  });

  it("maps every folder that holds code of the node", () => {
    const map = /## Map\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? "";
    const folders = ["shared", "services"].flatMap((top) =>
      readdirSync(top, { withFileTypes: true }).filter((entry) => entry.isDirectory()),
    );
    const missing = folders.filter(({ name }) => !new RegExp(`[\`/]${name}\``).test(map));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it("names every range of codes", () => {
    const said = [...readme.matchAll(/`EXOS-(E\d)…`/g)].map(([, range]) => range);
    const known = new Set(Object.keys(ERROR_CATALOGUE).map((code) => code.slice(5, 7)));
    expect(said).toEqual([...known].toSorted());
  });

  it("names only folders and files that exist", () => {
    const paths = readme.matchAll(/`((?:shared|services|test|\.ci)(?:\/[\w/.-]*)?)`/g);
    for (const [, path = ""] of paths) expect(exists(path), path).toBe(true);
  });

  it("shows five things that work while the node runs", { timeout: 300_000 }, async () => {
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
    { timeout: 300_000 },
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

function exists(path: string): boolean {
  return ["", "shared/"].some((prefix) => existsSync(`${prefix}${path}`));
}

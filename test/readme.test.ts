import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ERROR_CATALOGUE } from "#shared/primitives/error-catalogue.ts";
import { ALONE, README, README_LINES, WITH_CHAIN, WITH_NODE } from "./support/readme-lines.ts";

/** Run neither here nor in `readme.slow.test.ts`, but by what is named. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "npm start": "test/long.ts, start",
  "npm test": ".ci/run",
  "npm run check": "npm test, which begins with it",
  "npm run bench": "test/long.ts, bench",
  "npm run bench -- x13 verify": "test/long.ts, bench",
  "npm start -- start --datadir ~/.exos/second --connect 127.0.0.1:15888 --port 0 --httpport 0 --rpcport 0":
    "test/e2e/cli.slow.test.ts, with the port and folder that exos dev prints",
  "npm start -- dev --cities 13": "test/long.ts, cities",
  "npm start -- fleet status": "test/long.ts, cities",
  "npm start -- dev partition 6/7": "test/long.ts, cities",
  "npm start -- dev heal": "test/long.ts, cities",
  "npm start -- cloud up": "test/long.ts, cloud-up",
  "npm start -- cloud down": "test/long.ts, cloud-up",
  "npm start -- cloud rehearse": "test/long.ts, cloud",
  "npm run long -- contracts": ".ci/run",
  "npm run long -- localstack": "by hand: it takes an image of a gigabyte",
  "npm start -- start --traces http://127.0.0.1:4318 --tracespercent 100":
    "test/e2e/traced-start.slow.test.ts, to a collector of its own",
  "npm run synth": "test/long.ts, synth",
  "npm run bundle": "test/long.ts, synth",
  "npm run long": "by hand: it takes hours",
  "npm run long -- --short": ".ci/run",
};
describe("the README", () => {
  it("has no command that nothing runs, and nothing runs what it does not have", () => {
    const run = [...Object.keys(ELSEWHERE), ...WITH_NODE, ...WITH_CHAIN, ...ALONE];
    expect(run.toSorted()).toEqual([...new Set(README_LINES)].toSorted());
    expect(WITH_NODE).toHaveLength(13);
  });

  it("maps every folder that holds code of the node", () => {
    const map = /## Map\n([\s\S]*?)\n## /.exec(README)?.[1] ?? "";
    const folders = ["shared", "services"].flatMap((top) =>
      readdirSync(top, { withFileTypes: true }).filter((entry) => entry.isDirectory()),
    );
    const missing = folders.filter(({ name }) => !new RegExp(`[\`/]${name}\``).test(map));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it("names every range of codes", () => {
    const said = [...README.matchAll(/`EXOS-(E\d)…`/g)].map(([, range]) => range);
    const known = new Set(Object.keys(ERROR_CATALOGUE).map((code) => code.slice(5, 7)));
    expect(said).toEqual([...known].toSorted());
  });

  it("names only folders and files that exist", () => {
    const paths = README.matchAll(/`((?:shared|services|test|\.ci)(?:\/[\w/.-]*)?)`/g);
    for (const [, path = ""] of paths) expect(exists(path), path).toBe(true);
  });
});

function exists(path: string): boolean {
  return ["", "shared/"].some((prefix) => existsSync(`${prefix}${path}`));
}

import { describe, expect, it } from "vitest";
import { runInProcess } from "../support/run-in-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { vectorsPath } from "../support/vectors.ts";

const chain = vectorsPath("stratis/blk0001.dat");
/** Of `networks.md`: a checkpoint, and the file's last block. */
const BLOCK_100 = "688468a8aa48cd1c2197e42e7d8acd42760b7e2ac4bcab9d18ac149a673e16f6";
const BLOCK_150 = "e4ae9663519abec15e28f68bdb2cb89a739aee22f53d1573048d69141db6ee5d";
const LAST = "2c44f74145fe8d56c43d12185c17215f5890c764e36ef73c16e2e4169a6e0d5e";

function importing(...words: string[]) {
  const folder = temporaryFolder();
  const place = ["--network", "stratis", "--datadir", folder, "--jobs", "0"];
  return runInProcess(["import", ...words, ...place, "--json"]);
}

describe.skipIf(chain === undefined)("an import with the short cuts of spec 3.6", () => {
  const file = chain ?? "";

  it.each([
    ["--checkpoints=skip"],
    ["--assumevalid=1"],
    [`--assumevalid=${BLOCK_100}`],
    [`--assumevalid=${LAST}`],
  ])("ends in the same set of coins: %s", async (short) => {
    const stop = ["--stop-height", "150"];
    const [whole, cut] = [await importing(file, ...stop), await importing(file, short, ...stop)];
    const { seconds: _, ...facts } = JSON.parse(whole.out);
    expect(JSON.parse(cut.out)).toMatchObject(facts);
    expect(facts.hash).toBe(BLOCK_150);
  });

  it("refuses a hash that is none", async () => {
    const refused = await importing(file, "--assumevalid=nonsense");
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.err).toContain("--assumevalid takes 64 hex digits");
  });
});

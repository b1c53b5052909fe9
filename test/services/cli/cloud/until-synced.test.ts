import { describe, expect, it } from "vitest";
import { untilSynced } from "#services/cli/cloud/until-synced.ts";
import { runInProcess } from "../../../support/run-in-process.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const { signal } = new AbortController();
const PEER = "127.0.0.1:15888";

/** Waits for a city of these heights, one a look, then of none; time goes on by so much a look. */
async function synced(
  heights: readonly number[],
  { wanted, aLookMs = 1, isUp = true }: { wanted: number; aLookMs?: number; isUp?: boolean },
): Promise<{ readonly height: number; readonly told: readonly string[] }> {
  const told: string[] = [];
  let looks = 0;
  const city = {
    peer: PEER,
    height: async () => heights[looks++] ?? Promise.reject(new RangeError("no tip yet")),
    isUp: async () => isUp,
  };
  const elapsedMs = () => looks * aLookMs;
  const onStatus = (line: string) => void told.push(line);
  const options = { wanted, signal, onStatus, elapsedMs, lookMs: 0 };
  return { height: await untilSynced(city, options), told };
}

describe("a city that was just raised", () => {
  it("is waited for until it has its peer's height", async () => {
    const { height, told } = await synced([0, 1, 7, 9], { wanted: 8 });
    expect(height).toBe(9);
    expect(told).toEqual(["blocks 0 of 8", "blocks 1 of 8", "blocks 7 of 8"]);
  });

  it("is given the time it takes while it gets blocks", async () => {
    const options = { wanted: 5, aLookMs: 60_000 };
    expect(await synced([0, 1, 2, 3, 4, 5], options)).toMatchObject({ height: 5 });
  });

  it.each([
    ["stays at no block", Array.from({ length: 1_000 }, () => 0), "blocks 0 of 1"],
    ["never has a tip", [], "no tip yet"],
  ])("follows nobody where it %s", async (_name, heights, said) => {
    await expect(synced(heights, { wanted: 1, aLookMs: 1_000 })).rejects.toMatchObject({
      code: "EXOS-E8181",
      message: `the city does not follow ${PEER}: ${said}`,
    });
  });

  it("is not waited for when its peer process ends", async () => {
    const ended = synced([0, 1], { wanted: 1, isUp: false });
    await expect(ended).rejects.toMatchObject({ code: "EXOS-E8181" });
  });

  it("follows one node, and begins nothing for two", async () => {
    const place = ["--datadir", temporaryFolder()];
    const words = ["cloud", "up", ...place, "--connect", PEER, "--connect", PEER];
    const { code, err } = await runInProcess(words);
    expect([code, err]).toEqual([
      2,
      expect.stringContaining("EXOS-E0002 a local city follows one"),
    ]);
  });
});

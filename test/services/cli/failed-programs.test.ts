import { describe, expect, it } from "vitest";
import { createCdkRuns } from "#services/cli/fleet/cdk-runs.ts";
import { layOutImage } from "#services/cli/fleet/lay-out-image.ts";
import { layOutRelease } from "#services/cli/fleet/lay-out-release.ts";
import { saveRelease } from "#services/cli/fleet/releases.ts";
import { memoryReleases } from "../../support/memory-releases.ts";
import { runInProcess } from "../../support/run-in-process.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** No program of Node's starts with it. */
const environment = { NODE_OPTIONS: "--require=./absent.cjs" };
const options = { environment, signal: new AbortController().signal };

describe("a program of the fleet that fails", () => {
  it.each<readonly [string, () => Promise<unknown>]>([
    ["building the image", () => layOutImage(options, undefined)],
    [
      "bundling the functions",
      () =>
        layOutRelease({
          ...options,
          ...{ fleet: "local", version: "1", image: undefined, printed: { origins: {} } },
        }),
    ],
    ["synthesising edge", () => createCdkRuns(options, memoryReleases()).deployAnew("edge", {})],
    [
      "removing syd",
      async () => {
        const releases = memoryReleases();
        await saveRelease({ version: "1", at: 1, files: [] }, releases);
        const XDG_CACHE_HOME = temporaryFolder();
        const told = { ...options, environment: { ...environment, XDG_CACHE_HOME } };
        await createCdkRuns(told, releases).destroy("syd", "1");
      },
    ],
  ])("ends %s as such, and not as a local city", async (doing, run) => {
    await expect(run()).rejects.toMatchObject({
      code: "EXOS-E8012",
      message: expect.stringContaining(`${doing}: `),
    });
  });

  it("is told with a hint that holds of AWS", async () => {
    const said = await runInProcess(["fleet", "cost", "--environment", "local"], { environment });
    expect(said).toMatchObject({ code: 1, out: "" });
    expect(said.err).toContain("EXOS-E8012 synthesising the fleet: ");
    expect(said.err).toContain("the same command goes on");
    expect(said.err).not.toContain("exos cloud down");
  });
});

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CDK, PROJECT, QUIET } from "#services/cli/cloud/run-cdk.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import type { ReleaseObjects } from "./deploy-ports.ts";
import { fetchRelease } from "./releases.ts";

/** The CLI of the CDK over stored releases. Each run is waited for. */
export interface CdkRuns {
  /** @param only the one stack of the city; all of them unless given */
  deploy(city: string, version: string, only?: string): Promise<void>;
  destroy(city: string, version: string): Promise<void>;
  /** Deploy a stage of this tree, synthesised now. @param context as `infra/app.ts` reads it */
  deployAnew(stage: string, context: object): Promise<void>;
}

/**
 * What outlived a stack, and has a name of its own, is taken on by the next of its kind instead of
 * standing in its way. Keys have no such name.
 *
 * @source CloudFormation, `CreateChangeSet`: `ImportExistingResources`
 */
const ANEW = ["--require-approval", "never", "--import-existing-resources"];

/** @throws CommandFailure `EXOS-E8008` for a release that is none, `EXOS-E8012` for a run that fails */
export function createCdkRuns(
  { environment, signal }: Pick<CommandContext, "environment" | "signal">,
  releases: Pick<ReleaseObjects, "get">,
): CdkRuns {
  const cache = join(
    environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
    "exos",
    "releases",
  );
  const run = (words: readonly string[], doing: string): Promise<unknown> =>
    runProgram(process.execPath, [CDK, ...words, ...QUIET], {
      doing,
      signal,
      env: environment,
      cwd: homedir(),
      code: "EXOS-E8012",
    });

  async function unpacked(version: string): Promise<string> {
    const folder = join(cache, version);
    const files = await fetchRelease(version, releases);
    if (files === undefined) {
      throw new CommandFailure(`there is no release ${version}`, { code: "EXOS-E8008" });
    }
    for (const { path, bytes } of files) {
      const file = join(folder, path);
      const known = await readFile(file).catch(() => undefined);
      if (known?.equals(bytes) === true) continue;
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes);
    }
    return folder;
  }

  return {
    async deploy(city, version, only) {
      const app = ["--app", await unpacked(version), ...ANEW];
      const stacks = only === undefined ? [`${city}/**`] : [`${city}/${only}`, "--exclusively"];
      await run(["deploy", ...stacks, ...app], `deploying ${only ?? "all"} of ${city}`);
    },
    async deployAnew(stage, context) {
      const folder = await mkdtemp(join(tmpdir(), "exos-stage-"));
      try {
        await runProgram(process.execPath, [join(PROJECT, "infra", "app.ts")], {
          doing: `synthesising ${stage}`,
          cwd: PROJECT,
          env: {
            ...environment,
            CDK_OUTDIR: folder,
            CDK_CONTEXT_JSON: JSON.stringify(context),
          },
          signal,
          code: "EXOS-E8012",
        });
        const app = ["--app", folder, ...ANEW];
        await run(["deploy", `${stage}/**`, ...app], `deploying all of ${stage}`);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    async destroy(city, version) {
      const app = ["--app", await unpacked(version), "--force"];
      await run(["destroy", `${city}/**`, ...app], `removing ${city}`);
    },
  };
}

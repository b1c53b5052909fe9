import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import type { EnvironmentName } from "#regions/environment.ts";
import type { PrintedFacts } from "#regions/with-printed.ts";
import { PROJECT } from "#services/cli/cloud/run-cdk.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import type { CommandContext } from "#services/cli/command.ts";
import type { ReleaseFile } from "./releases.ts";

/** What is laid out, under which name. */
export interface LayOutOptions extends Pick<CommandContext, "environment" | "signal"> {
  readonly fleet: EnvironmentName;
  readonly version: string;
  /** Digest of the image, `sha256:…`; without it no task starts. */
  readonly image: string | undefined;
  /** What is deployed already, and says of itself. */
  readonly printed: PrintedFacts;
}

/**
 * Everything that is deployed to AWS: the functions, bundled, inside the cloud assembly of every city
 * of the environment. Made once, in a temporary folder, by programs of `infra/`.
 *
 * @throws CommandFailure `EXOS-E8012` when one of them fails
 */
export async function layOutRelease(options: LayOutOptions): Promise<readonly ReleaseFile[]> {
  const { fleet, version, image, printed, environment, signal } = options;
  const folder = await mkdtemp(join(tmpdir(), "exos-release-"));
  const [bundles, assembly] = [join(folder, "functions"), join(folder, "assembly")];
  const named = { environment: fleet, release: version, ...(image && { image }) };
  const context = { ...named, bundles, printed };
  const common = { cwd: PROJECT, signal, code: "EXOS-E8012" } as const;
  const program = (name: string, words: readonly string[], doing: string, env = {}) =>
    runProgram(process.execPath, [join(PROJECT, "infra", name), ...words], {
      ...common,
      doing,
      env: { ...environment, ...env },
    });
  try {
    await program("bundle.ts", [bundles], "bundling the functions");
    const told = { CDK_OUTDIR: assembly, CDK_CONTEXT_JSON: JSON.stringify(context) };
    await program("app.ts", [], "synthesising the fleet", told);
    return await filesBelow(assembly);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function filesBelow(root: string): Promise<readonly ReleaseFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files: ReleaseFile[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const bytes = Uint8Array.from(await readFile(path));
    files.push({ path: relative(root, path).split(sep).join("/"), bytes });
  }
  return files.toSorted((a, b) => a.path.localeCompare(b.path));
}

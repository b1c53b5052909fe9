import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { PROJECT } from "#services/cli/cloud/run-cdk.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import type { BuiltImage } from "./stored-image.ts";

/** What AWS cities run, and what machines beside AWS do. @source cloud.md 7.2, 12 */
export const FLEET_PLATFORMS = ["linux/arm64", "linux/amd64"] as const;

/** An image in a folder, which goes when it is disposed of. */
export interface LaidOutImage extends AsyncDisposable {
  readonly image: BuiltImage;
}

const BUILT = z.union([
  z.object({
    oci: z.object({ digest: z.string(), platforms: z.array(z.string()) }),
    archive: z.object({ sha256: z.string(), bytes: z.int(), platform: z.string() }),
  }),
  z.object({ why: z.string() }),
]);

/**
 * Build the image of all services for these platforms, or for this machine's own, by the program of
 * `infra/`.
 *
 * @returns why there is none, as a sentence's end, where nothing here builds images or
 *   a step failed
 * @throws CommandFailure `EXOS-E8012` when the program itself fails
 */
export async function layOutImage(
  { environment, signal }: Pick<CommandContext, "environment" | "signal">,
  platforms: readonly string[] | undefined,
): Promise<LaidOutImage | string> {
  const folder = await mkdtemp(join(tmpdir(), "exos-image-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  const [layout, archive] = [join(folder, "layout"), join(folder, "image.tar.zst")];
  try {
    const words = ["--json", "--oci", layout, "--save", archive];
    if (platforms !== undefined) words.push("--platforms", platforms.join(","));
    const built = await build(words, { environment, signal });
    if ("why" in built) {
      await remove();
      return built.why;
    }
    const image = { ...(await readLayout(layout)), ...built.oci };
    const saved = { ...built.archive, read: () => bytesOf(archive) };
    return { image: { ...image, archive: saved }, [Symbol.asyncDispose]: remove };
  } catch (cause) {
    await remove();
    throw cause;
  }
}

async function build(
  words: readonly string[],
  { environment, signal }: Pick<CommandContext, "environment" | "signal">,
): Promise<z.output<typeof BUILT>> {
  let last = "";
  const onLine = (line: string) => {
    if (line.startsWith("{")) last = line;
  };
  const options = { doing: "building the image", code: "EXOS-E8012", cwd: PROJECT } as const;
  const program = [join(PROJECT, "infra", "image.ts"), ...words];
  try {
    await runProgram(process.execPath, program, { ...options, env: environment, signal, onLine });
  } catch (cause) {
    // It says why before it ends: nothing here builds images, or a step of it failed.
    if (!(cause instanceof CommandFailure) || !last.includes('"why"')) throw cause;
  }
  return BUILT.parse(JSON.parse(last));
}

const bytesOf = async (path: string) => Uint8Array.from(await readFile(path));

async function readLayout(layout: string): Promise<Pick<BuiltImage, "index" | "blobs">> {
  const folder = join(layout, "blobs", "sha256");
  const blobs = [];
  for (const name of (await readdir(folder)).toSorted()) {
    const path = join(folder, name);
    const { size } = await stat(path);
    blobs.push({ digest: `sha256:${name}`, bytes: size, read: () => bytesOf(path) });
  }
  return { index: await bytesOf(join(layout, "index.json")), blobs };
}

import { createHash } from "node:crypto";
import { mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerTool } from "./container-tool.ts";
import { ImageFault, outputOf } from "./image-fault.ts";
import { imageIdOf } from "./image-id-of.ts";
import { importRoot } from "./import-root.ts";
import { BASE_PARTS, layOutBase } from "./lay-out-base.ts";
import { HOST_PLATFORM, type Platform } from "./platform.ts";
import { runCommand } from "./run-command.ts";

/** What an image begins with. */
export interface BaseImage {
  /** By digest or identifier, never by a name that may come to mean something else. */
  readonly reference: string;
  readonly source: "given" | "kept" | "registry" | "debian";
}

/** Where the base comes from. */
export interface BaseOptions {
  /** The binary that goes into a base that is made here; that of the `node` package. */
  readonly node: string;
  /** Such as `24.21.0`: of the official image, and of that binary. */
  readonly nodeVersion: string;
  /** Instead of all that, for this host: a reference that the tool knows or can pull. */
  readonly given?: string;
  /** Whether the official image is asked for; a build without network says no. */
  readonly registry?: boolean;
  /** What it is for; this host unless given. */
  readonly platform?: Platform;
}

/** Raised when what a base consists of changes, so that no older one is taken for it. */
const RECIPE = 1;
/** A registry that does not begin to answer in this time is not reached. */
const PULL_MS = 120_000;

/**
 * The official slim image of Node where a registry is reached; else one made of three packages of
 * Debian and the binary of the `node` package: no shell, no package manager, 125 MB. It is kept
 * under a name made of its recipe.
 *
 * @throws ImageFault when there is none
 */
export async function makeBase(tool: ContainerTool, options: BaseOptions): Promise<BaseImage> {
  const { given, node, nodeVersion, platform = HOST_PLATFORM } = options;
  const isOwn = platform === HOST_PLATFORM;
  if (given !== undefined && isOwn) return { reference: await known(tool, given), source: "given" };
  const name = `localhost/exos-base:${recipeOf(options)}`;
  const kept = await imageIdOf(tool, name);
  if (kept !== undefined) return { reference: kept, source: "kept" };
  if (options.registry === true) {
    const official = officialOf(options);
    const words = ["pull", "--quiet", ...(isOwn ? [] : [`--platform=${platform}`]), official];
    const pulled = await tool.run(words, { timeoutMs: PULL_MS });
    if (pulled.status === 0) return { reference: await known(tool, official), source: "registry" };
  }
  using folder = mkdtempDisposableSync(join(tmpdir(), "exos-base-"));
  const root = await layOutBase(folder.path, { platform, node, nodeVersion });
  const archive = join(folder.path, "base.tar");
  const alike = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0"];
  const packed = await runCommand("tar", [...alike, "-cf", archive, "-C", root, "."]);
  outputOf("packing the base", packed);
  await importRoot(tool, { archive, name, platform });
  return { reference: await known(tool, name), source: "debian" };
}

const officialOf = ({ nodeVersion }: BaseOptions) =>
  `docker.io/library/node:${nodeVersion}-bookworm-slim`;

function recipeOf({ nodeVersion, platform = HOST_PLATFORM }: BaseOptions): string {
  const own = platform === HOST_PLATFORM ? process.arch : platform;
  const parts = [RECIPE, nodeVersion, own, ...BASE_PARTS];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
}

/** The identifier of an image by name, which is pulled where the tool has not got it. */
async function known(tool: ContainerTool, reference: string): Promise<string> {
  const first = await imageIdOf(tool, reference);
  if (first !== undefined) return first;
  outputOf(`pulling ${reference}`, await tool.run(["pull", "--quiet", reference]));
  const pulled = await imageIdOf(tool, reference);
  if (pulled === undefined) throw new ImageFault(`${reference} was pulled and is not there`);
  return pulled;
}

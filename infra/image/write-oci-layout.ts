import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerTool } from "./container-tool.ts";
import { ImageFault, outputOf } from "./image-fault.ts";
import { layOutDockerArchive } from "./lay-out-docker-archive.ts";
import type { Platform } from "./platform.ts";
import { runCommand } from "./run-command.ts";

/** One image of several platforms, as files that every registry takes as they are. */
export interface OciLayout {
  /** `sha256:…` of its index: what it is called in every registry. */
  readonly digest: string;
  readonly platforms: readonly Platform[];
}

/** @source OCI image specification, `descriptor` and `image index` */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string };
}

const INDEX = "application/vnd.oci.image.index.v1+json";
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const blobs = (folder: string) => join(folder, "blobs", "sha256");
const blobOf = (folder: string, digest: string) =>
  join(blobs(folder), digest.replace(/^sha256:/, ""));

/**
 * Write images that were built for one platform each as one layout: `blobs/sha256/…`, and an
 * `index.json` whose digest is that of the whole. Whoever pushes it copies these bytes, so that it
 * is called alike everywhere; a tool that pushes compresses anew, and gives each registry its own.
 *
 * @param folder that does not exist yet
 * @throws ImageFault when a step failed
 * @source cloud.md 7.2, "one multi-arch build, named by digest everywhere"
 */
export async function writeOciLayout(
  tool: ContainerTool,
  images: ReadonlyMap<Platform, string>,
  folder: string,
): Promise<OciLayout> {
  mkdirSync(blobs(folder), { recursive: true });
  const manifests: Descriptor[] = [];
  for (const [platform, id] of images) {
    using saved = mkdtempDisposableSync(join(tmpdir(), "exos-oci-"));
    const layout = join(saved.path, "layout");
    await save(tool, { id, layout, platform });
    for (const name of readdirSync(blobs(layout))) {
      cpSync(join(blobs(layout), name), join(blobs(folder), name));
    }
    const [os = "", architecture = ""] = platform.split("/");
    const { mediaType, digest, size } = manifestOf(layout, architecture);
    checkPlatform(layout, digest, platform);
    manifests.push({ mediaType, digest, size, platform: { os, architecture } });
  }
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }));
  writeFileSync(join(folder, "index.json"), index);
  writeFileSync(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  return { digest: `sha256:${sha256(index)}`, platforms: [...images.keys()] };
}

interface Saved {
  readonly id: string;
  readonly layout: string;
  readonly platform: Platform;
}

async function save(tool: ContainerTool, { id, layout, platform }: Saved): Promise<void> {
  const doing = "saving the image as a layout";
  if (tool.name === "podman") {
    outputOf(doing, await tool.run(["save", "--format=oci-dir", `--output=${layout}`, id]));
    return;
  }
  if (tool.name === "buildah") {
    outputOf(doing, await tool.run(["push", id, `oci:${layout}`]));
    return;
  }
  const archive = `${layout}.tar`;
  outputOf(doing, await tool.run(["save", `--output=${archive}`, id]));
  mkdirSync(layout);
  outputOf("unpacking the layout", await runCommand("tar", ["-xf", archive, "-C", layout]));
  if (!existsSync(join(layout, "index.json"))) layOutDockerArchive(layout, platform);
}

/** The manifest of an image in a layout; Docker puts an index before it. */
function manifestOf(layout: string, architecture: string): Descriptor {
  let path = join(layout, "index.json");
  for (let depth = 0; depth < 2; depth++) {
    const found = manifestsIn(path);
    const own = found.find(({ platform }) => platform?.architecture === architecture) ?? found[0];
    if (own === undefined) throw new ImageFault("the layout holds no image");
    if (own.mediaType !== INDEX) return own;
    path = blobOf(layout, own.digest);
  }
  throw new ImageFault("the layout is an index of indexes");
}

/** A machine that pulls by the index starts nothing whose configuration names another processor. */
function checkPlatform(layout: string, digest: string, platform: Platform): void {
  const read = (name: string) => JSON.parse(readFileSync(blobOf(layout, name), "utf8"));
  // Both written by the tool after their specification.
  const { config } = read(digest) as { config: Descriptor };
  const { os, architecture } = read(config.digest) as { os: string; architecture: string };
  if (`${os}/${architecture}` === platform) return;
  throw new ImageFault(`the image for ${platform} says that it is for ${os}/${architecture}`);
}

function manifestsIn(path: string): readonly Descriptor[] {
  try {
    // Written by the tool after its specification.
    return (JSON.parse(readFileSync(path, "utf8")) as { manifests: Descriptor[] }).manifests;
  } catch (cause) {
    throw new ImageFault(`${path} is no index of images`, { cause });
  }
}

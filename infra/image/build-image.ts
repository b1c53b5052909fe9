import { copyFileSync, mkdtempDisposableSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerTool } from "./container-tool.ts";
import { outputOf } from "./image-fault.ts";
import type { BaseImage } from "./make-base.ts";
import { HOST_PLATFORM, type Platform } from "./platform.ts";
import { type StagedTree, stageTree } from "./stage-tree.ts";

/** An image that was built. */
export interface BuiltImage {
  /** `sha256:…` of its configuration: what containers are started from. */
  readonly id: string;
  /** The name it was given. */
  readonly name: string;
  readonly bytes: number;
  readonly contents: StagedTree;
}

/** What is built. */
export interface BuildOptions {
  /** The project's folder. */
  readonly project: string;
  readonly base: BaseImage;
  /** Such as `localhost/exos-node:0.1.0`. */
  readonly name: string;
  /** What it is for, this host unless given; nothing is run as it is built, so that any builds for any. */
  readonly platform?: Platform;
}

/**
 * Build the one image of all services. The same sources on the same base give the same identifier
 * with podman and buildah, whose build may be told the time.
 *
 * @throws ImageFault when a step failed
 */
export async function buildImage(tool: ContainerTool, options: BuildOptions): Promise<BuiltImage> {
  const { project, base, name, platform = HOST_PLATFORM } = options;
  using folder = mkdtempDisposableSync(join(tmpdir(), "exos-image-"));
  const contents = stageTree(project, folder.path, platform);
  const dockerfile = join(folder.path, "Dockerfile");
  copyFileSync(join(project, "infra", "Dockerfile"), dockerfile);
  const identifier = join(folder.path, "identifier");
  const timeless = tool.name === "docker" ? [] : ["--timestamp=0", "--format=oci", "--layers"];
  const built = await tool.run([
    ...(tool.name === "buildah" ? ["build-using-dockerfile"] : ["build"]),
    ...timeless,
    ...(platform === HOST_PLATFORM ? [] : [`--platform=${platform}`]),
    `--build-arg=BASE=${base.reference}`,
    `--file=${dockerfile}`,
    `--iidfile=${identifier}`,
    `--tag=${name}`,
    folder.path,
  ]);
  outputOf(`building ${name}`, built);
  const id = readFileSync(identifier, "utf8").trim();
  const bytes = await bytesOf(tool, id);
  return { id, name, bytes, contents };
}

/** Of all its layers, as they are unpacked. */
async function bytesOf(tool: ContainerTool, id: string): Promise<number> {
  const doing = "measuring the image";
  if (tool.name !== "buildah") {
    return Number(outputOf(doing, await tool.run(["image", "inspect", "--format={{.Size}}", id])));
  }
  const words = ["inspect", "--type=image", "--format={{.Manifest}}", id];
  // A manifest after its specification, and the store of the tool keeps layers unpacked.
  const { layers } = JSON.parse(outputOf(doing, await tool.run(words))) as {
    readonly layers: readonly { readonly size: number }[];
  };
  return layers.reduce((sum, { size }) => sum + size, 0);
}

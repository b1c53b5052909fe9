import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempDisposableSync, readdirSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerTool } from "./container-tool.ts";
import { ImageFault, outputOf } from "./image-fault.ts";
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
  /** Instead of all that: a reference that the tool knows or can pull. */
  readonly given?: string;
  /** Whether the official image is asked for; a build without network says no. */
  readonly registry?: boolean;
  /** What it is for; this host unless given. Another one's comes from the registry alone. */
  readonly platform?: Platform;
}

/** All that Node's binary is linked to. Node brings its own list of authorities and time zones. */
const PACKAGES = ["libc6", "libgcc-s1", "libstdc++6"];
/** Below `/usr/share` there are documents and translations; `gconv` holds 200 old encodings. */
const LEFT_OUT = ["usr/share", "usr/lib/x86_64-linux-gnu/gconv", "usr/lib/aarch64-linux-gnu/gconv"];
const PASSWD = "root:x:0:0::/:/\nexos:x:10001:10001::/data:/\n";
const GROUP = "root:x:0:\nexos:x:10001:\n";
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
  const { given, node, platform = HOST_PLATFORM } = options;
  if (platform !== HOST_PLATFORM) return pullForeign(tool, options, platform);
  if (given !== undefined) return { reference: await known(tool, given), source: "given" };
  const name = `localhost/exos-base:${recipeOf(options)}`;
  const kept = await tool.run(["image", "inspect", "--format", "{{.Id}}", name]);
  if (kept.status === 0) return { reference: kept.stdout.trim(), source: "kept" };
  if (options.registry === true) {
    const official = officialOf(options);
    const pulled = await tool.run(["pull", "--quiet", official], { timeoutMs: PULL_MS });
    if (pulled.status === 0) return { reference: await known(tool, official), source: "registry" };
  }
  if (tool.name === "buildah") {
    throw new ImageFault(
      "buildah cannot import a base that is made here; install podman or Docker",
    );
  }
  using folder = mkdtempDisposableSync(join(tmpdir(), "exos-base-"));
  const root = await layOut(folder.path, node);
  const archive = join(folder.path, "base.tar");
  const tar = [
    "--sort=name",
    "--mtime=@0",
    "--owner=0",
    "--group=0",
    "-cf",
    archive,
    "-C",
    root,
    ".",
  ];
  outputOf("packing the base", await runCommand("tar", tar));
  outputOf("importing the base", await tool.run(["import", archive, name]));
  return { reference: await known(tool, name), source: "debian" };
}

const officialOf = ({ nodeVersion }: BaseOptions) =>
  `docker.io/library/node:${nodeVersion}-bookworm-slim`;

/** Here nothing can be made for another processor: its loader and its Node are not at hand. */
async function pullForeign(
  tool: ContainerTool,
  options: BaseOptions,
  platform: Platform,
): Promise<BaseImage> {
  const official = officialOf(options);
  const words = ["pull", "--quiet", `--platform=${platform}`, official];
  const pulled = await tool.run(words, { timeoutMs: PULL_MS });
  outputOf(`a base for ${platform} comes from a registry, and pulling ${official}`, pulled);
  const inspected = await tool.run(["image", "inspect", "--format", "{{.Id}}", official]);
  return { reference: outputOf(`looking at ${official}`, inspected), source: "registry" };
}

function recipeOf({ nodeVersion }: BaseOptions): string {
  const parts = [RECIPE, nodeVersion, process.arch, ...PACKAGES, ...LEFT_OUT, PASSWD, GROUP];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
}

/** The identifier of an image by name, which is pulled where the tool has not got it. */
async function known(tool: ContainerTool, reference: string): Promise<string> {
  const inspect = ["image", "inspect", "--format", "{{.Id}}", reference];
  const first = await tool.run(inspect);
  if (first.status === 0) return first.stdout.trim();
  outputOf(`pulling ${reference}`, await tool.run(["pull", "--quiet", reference]));
  return outputOf(`looking at ${reference}`, await tool.run(inspect));
}

/** A root folder of Debian's packages and Node. apt checks the signatures of what it fetches. */
async function layOut(folder: string, node: string): Promise<string> {
  const root = join(folder, "root");
  const packages = join(folder, "packages");
  for (const made of [root, packages]) mkdirSync(made);
  if (!existsSync("/usr/bin/apt-get")) {
    throw new ImageFault("no registry of images is reached, and no apt-get is here to make a base");
  }
  const fetched = await runCommand("apt-get", ["download", ...PACKAGES], { folder: packages });
  outputOf(`fetching ${PACKAGES.join(", ")}`, fetched);
  for (const name of readdirSync(packages)) {
    const unpacked = await runCommand("dpkg-deb", ["-x", join(packages, name), root]);
    outputOf(`unpacking ${name}`, unpacked);
  }
  for (const path of LEFT_OUT) await rm(join(root, path), { recursive: true, force: true });
  for (const path of ["etc", "usr/local/bin"]) mkdirSync(join(root, path), { recursive: true });
  mkdirSync(join(root, "tmp"), { mode: 0o1777 });
  copyFileSync(node, join(root, "usr/local/bin/node"));
  await writeFile(join(root, "etc/passwd"), PASSWD);
  await writeFile(join(root, "etc/group"), GROUP);
  return root;
}

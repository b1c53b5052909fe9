import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ImageFault, outputOf } from "./image-fault.ts";
import { HOST_PLATFORM, type Platform } from "./platform.ts";
import { runCommand } from "./run-command.ts";

/** All that Node's binary is linked to. Node brings its own list of authorities and time zones. */
const PACKAGES = ["libc6", "libgcc-s1", "libstdc++6"];
/** Below `/usr/share` there are documents and translations; `gconv` holds 200 old encodings. */
const LEFT_OUT = ["usr/share", "usr/lib/x86_64-linux-gnu/gconv", "usr/lib/aarch64-linux-gnu/gconv"];
const PASSWD = "root:x:0:0::/:/\nexos:x:10001:10001::/data:/\n";
const GROUP = "root:x:0:\nexos:x:10001:\n";

/** What a base consists of, for whoever names it after that. */
export const BASE_PARTS: readonly string[] = [...PACKAGES, ...LEFT_OUT, PASSWD, GROUP];

export interface BaseParts {
  readonly platform: Platform;
  /** The binary for this host. */
  readonly node: string;
  /** Of both binaries, such as `24.21.0`. */
  readonly nodeVersion: string;
}

/**
 * A root folder of Debian's packages and Node. apt checks the signatures of what it fetches, npm the
 * hash. Nothing of it is run, so that it is made for any processor on any other.
 *
 * @param folder empty
 * @throws ImageFault for a step that failed
 */
export async function layOutBase(folder: string, parts: BaseParts): Promise<string> {
  const { platform, node } = parts;
  const root = join(folder, "root");
  const packages = join(folder, "packages");
  for (const made of [root, packages]) mkdirSync(made);
  if (!existsSync("/usr/bin/apt-get")) {
    throw new ImageFault("no registry of images is reached, and no apt-get is here to make a base");
  }
  const settings = platform === HOST_PLATFORM ? [] : await aptFor(platform, folder);
  const words = [...settings, "download", ...PACKAGES];
  const fetched = await runCommand("apt-get", words, { folder: packages });
  outputOf(`fetching ${PACKAGES.join(", ")} for ${platform}`, fetched);
  for (const name of readdirSync(packages)) {
    const unpacked = await runCommand("dpkg-deb", ["-x", join(packages, name), root]);
    outputOf(`unpacking ${name}`, unpacked);
  }
  for (const path of LEFT_OUT) await rm(join(root, path), { recursive: true, force: true });
  for (const path of ["etc", "usr/local/bin"]) mkdirSync(join(root, path), { recursive: true });
  mkdirSync(join(root, "tmp"), { mode: 0o1777 });
  const binary = platform === HOST_PLATFORM ? node : await nodeFor(parts, folder);
  copyFileSync(binary, join(root, "usr/local/bin/node"));
  await writeFile(join(root, "etc/passwd"), PASSWD);
  await writeFile(join(root, "etc/group"), GROUP);
  return root;
}

/** How apt is told of another processor, with lists of its own; this host's are left as they are. */
async function aptFor(platform: Platform, folder: string): Promise<readonly string[]> {
  const [, architecture = ""] = platform.split("/");
  const state = join(folder, "apt");
  for (const path of ["lists/partial", "cache/archives/partial"]) {
    mkdirSync(join(state, path), { recursive: true });
  }
  const settings = [
    ...[
      `Dir::State=${state}`,
      "Dir::State::status=/dev/null",
      `Dir::Cache=${join(state, "cache")}`,
    ],
    ...[`APT::Architecture=${architecture}`, `APT::Architectures=${architecture}`],
  ].flatMap((setting) => ["-o", setting]);
  const listed = await runCommand("apt-get", [...settings, "update"]);
  outputOf(`reading the list of Debian's packages for ${platform}`, listed);
  return settings;
}

/** The binary that the `node` package brings on that platform. */
async function nodeFor({ platform, nodeVersion }: BaseParts, folder: string): Promise<string> {
  const [, architecture = ""] = platform.split("/");
  const name = `node-linux-${architecture === "amd64" ? "x64" : architecture}@${nodeVersion}`;
  const packed = await runCommand("npm", ["pack", "--silent", name], { folder });
  const archive = outputOf(`fetching ${name}`, packed).split("\n").at(-1) ?? "";
  const member = "package/bin/node";
  const unpacked = await runCommand("tar", ["-xzf", archive, member], { folder });
  outputOf(`unpacking ${name}`, unpacked);
  return join(folder, member);
}

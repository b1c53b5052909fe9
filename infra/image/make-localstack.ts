import { createHash } from "node:crypto";
import { existsSync, mkdtempDisposableSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerTool } from "./container-tool.ts";
import { ImageFault, outputOf } from "./image-fault.ts";
import { imageIdOf } from "./image-id-of.ts";
import { type LocalstackRecipe, layOutLocalstack } from "./lay-out-localstack.ts";
import { runCommand } from "./run-command.ts";

/** An image of LocalStack. */
export interface LocalstackImage {
  /** A name or an identifier that containers are started from. */
  readonly reference: string;
  readonly source: "kept" | "registry" | "debian";
}

export interface LocalstackOptions {
  /** Told before what takes minutes. */
  readonly onNote: (line: string) => void;
  /** Of the programs that fetch: their own settings, such as an index of packages, count. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The last release that wants no token. @source cloud.md 15 */
const OFFICIAL = "docker.io/localstack/localstack:4.14.0";
/** A registry that does not begin to answer in this time is not reached. */
const PULL_MS = 300_000;
/** Raised when what is done here changes, so that no older image is taken for it. */
const RECIPE = 1;

/**
 * How LocalStack is told to run in a container that is made here: nothing is fetched at its start, no
 * port is bound but one, nobody is told that it runs. @source cloud.md 14.5
 */
const SETTINGS: Readonly<Record<string, string>> = {
  PATH: "/opt/localstack/bin:/usr/local/bin:/usr/bin:/bin",
  PYTHONUNBUFFERED: "1",
  FILESYSTEM_ROOT: "/",
  GATEWAY_LISTEN: "0.0.0.0:4566",
  DNS_ADDRESS: "0",
  SKIP_SSL_CERT_DOWNLOAD: "1",
  DISABLE_EVENTS: "1",
  OVERRIDE_IN_DOCKER: "0",
};
const COMMAND = ["python", "-m", "localstack.runtime.main"];

/** What of the tree the recipe consists of. */
function recipe(): LocalstackRecipe {
  const read = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");
  return {
    requirements: read("localstack-requirements.txt"),
    jars: read("localstack-jars.sha256"),
    java: read("localstack-java.sh"),
  };
}

/**
 * LocalStack 4.14.0: as its makers publish it where a registry is reached; else made of Debian 13,
 * locked packages of Python and Amazon's own DynamoDB from Maven, in about ten minutes and 1 GB, and
 * kept under a name made of its recipe.
 *
 * @throws ImageFault where neither can be had
 */
export async function makeLocalstack(
  tool: ContainerTool,
  { onNote, environment }: LocalstackOptions,
): Promise<LocalstackImage> {
  const made = recipe();
  const parts = [
    RECIPE,
    process.arch,
    JSON.stringify(SETTINGS),
    ...COMMAND,
    ...Object.values(made),
  ];
  const digest = createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
  const name = `localhost/exos-localstack:${digest}`;
  for (const reference of [OFFICIAL, name]) {
    if ((await imageIdOf(tool, reference)) !== undefined) return { reference, source: "kept" };
  }
  onNote(`looking for ${OFFICIAL}`);
  const pulled = await tool.run(["pull", "--quiet", OFFICIAL], { timeoutMs: PULL_MS });
  if (pulled.status === 0) return { reference: OFFICIAL, source: "registry" };
  refuseWhereItCannotBeMade(tool);

  onNote(
    "making an image of LocalStack: Debian, Python's packages, DynamoDB; about ten minutes, once",
  );
  using folder = mkdtempDisposableSync(join(tmpdir(), "exos-localstack-"));
  const root = await layOutLocalstack(made, { folder: folder.path, environment, onNote });
  const archive = join(folder.path, "image.tar");
  onNote("packing the image");
  const packed = await runCommand("tar", ["-cf", archive, "-C", root, "."]);
  outputOf("packing the image", packed);
  const changes = [
    ...Object.entries(SETTINGS).map(([key, value]) => `ENV ${key}=${value}`),
    `CMD ${JSON.stringify(COMMAND)}`,
    "EXPOSE 4566",
  ];
  const words = changes.flatMap((change) => ["--change", change]);
  outputOf("importing the image", await tool.run(["import", ...words, archive, name]));
  return { reference: name, source: "debian" };
}

/** @throws ImageFault that says what is missing */
function refuseWhereItCannotBeMade(tool: ContainerTool): void {
  const lacks = [
    tool.name === "buildah" ? "podman or Docker" : undefined,
    process.arch === "x64" ? undefined : "an x86 machine",
    process.getuid?.() === 0 ? undefined : "root, as debootstrap asks",
    existsSync("/usr/sbin/debootstrap") ? undefined : "debootstrap (apt-get install debootstrap)",
    existsSync("/usr/bin/mvn") ? undefined : "Maven (apt-get install maven)",
  ].filter((one) => one !== undefined);
  if (lacks.length === 0) return;
  throw new ImageFault(
    `${OFFICIAL} cannot be pulled, and making an image like it takes ${lacks.join(", ")}`,
  );
}

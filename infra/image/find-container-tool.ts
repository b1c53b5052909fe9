import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerTool, NoContainerTool } from "./container-tool.ts";
import { runCommand } from "./run-command.ts";

/** Where and for whom a tool is looked for. */
export interface FindOptions {
  /** `process.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For what the tool is told; made where it is absent. */
  readonly folder: string;
  /** Whether Debian's podman may be installed where there is no tool: as root alone. */
  readonly install?: boolean;
  /** Of whoever runs this; the process's own unless given. */
  readonly user?: number | undefined;
}

/**
 * For hosts without systemd, which mostly may not raise limits and mix both versions of control
 * groups: crun and systemd's driver fail there.
 *
 * @source cloud.md 14.5
 */
const CONTAINERS_CONF = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
[network]
network_backend = "netavark"
`;

/** What podman needs on Debian to build, run and publish ports, without what it only recommends. */
const DEBIAN_PACKAGES = ["podman", "runc", "conmon", "netavark", "aardvark-dns", "iptables"];
/** A daemon that does not answer for so long is not there. */
const ANSWER_MS = 15_000;

/**
 * The first of docker, podman and buildah that works here. Docker counts only with a daemon that
 * answers.
 */
export async function findContainerTool(
  options: FindOptions,
): Promise<ContainerTool | NoContainerTool> {
  const found = await look(options);
  if (found !== undefined) return withRanges(found, options.user ?? process.getuid?.());
  if (options.install !== true) {
    return { name: undefined, why: "neither a Docker daemon nor podman nor buildah answers here" };
  }
  const refused = await installPodman(options);
  if (refused !== undefined) return { name: undefined, why: refused };
  return (await look(options)) ?? { name: undefined, why: "podman was installed and does not run" };
}

async function look({ environment, folder }: FindOptions): Promise<ContainerTool | undefined> {
  const docker = toolOf("docker", environment);
  const podman = toolOf("podman", podmanEnvironment(environment, folder));
  const buildah = toolOf("buildah", podmanEnvironment(environment, folder));
  return (
    (await answering(docker, ["info", "--format", "{{.ServerVersion}}"])) ??
    (await answering(podman, ["version", "--format", "{{.Client.Version}}"])) ??
    (await answering(buildah, ["--version"]))
  );
}

/**
 * Without root, podman and buildah keep users of images in ranges of their own user's, and fail in the
 * midst of a build where there are none.
 */
async function withRanges(
  tool: ContainerTool,
  user: number | undefined,
): Promise<ContainerTool | NoContainerTool> {
  if (tool.name === "docker" || user === 0 || user === undefined) return tool;
  const { status, stderr } = await tool.run(["unshare", "true"], { timeoutMs: ANSWER_MS });
  if (status === 0) return tool;
  const needs = "newuidmap (Debian: uidmap) and ranges of this user in /etc/subuid and /etc/subgid";
  const said = stderr.trim().split("\n").at(-1) ?? "";
  return { name: undefined, why: `${tool.name} needs root here, or ${needs}: ${said}` };
}

type Named = Pick<ContainerTool, "name" | "environment" | "run" | "runs">;

function toolOf(
  name: ContainerTool["name"],
  environment: Readonly<Record<string, string | undefined>>,
): Named {
  return {
    name,
    environment,
    runs: name !== "buildah",
    run: (args, more) => runCommand(name, args, { ...more, environment }),
  };
}

async function answering(tool: Named, args: readonly string[]): Promise<ContainerTool | undefined> {
  const { status, stdout } = await tool.run(args, { timeoutMs: ANSWER_MS });
  const version = /\d+\.\d+[.\d]*/.exec(stdout)?.[0];
  // Without its daemon, the client of Docker prints an error where the version would be.
  return status === 0 && version !== undefined ? { ...tool, version } : undefined;
}

/** A host that systemd started has podman as its operator set it up; elsewhere we say how. */
function podmanEnvironment(
  environment: FindOptions["environment"],
  folder: string,
): Readonly<Record<string, string | undefined>> {
  if (environment["CONTAINERS_CONF"] !== undefined || existsSync("/run/systemd/system")) {
    return environment;
  }
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "containers.conf");
  writeFileSync(path, CONTAINERS_CONF);
  return { ...environment, CONTAINERS_CONF: path };
}

/** @returns why it could not be installed */
async function installPodman({ environment }: FindOptions): Promise<string | undefined> {
  const packages = DEBIAN_PACKAGES.join(" ");
  if (!existsSync("/usr/bin/apt-get")) {
    return "no Docker daemon, podman or buildah answers here, and there is no apt-get to install podman with";
  }
  if (process.getuid?.() !== 0) {
    return `no Docker daemon, podman or buildah answers here; as root: apt-get install ${packages}`;
  }
  const quiet = { environment: { ...environment, DEBIAN_FRONTEND: "noninteractive" } };
  // The lists of a fresh machine may be empty or too old; where they cannot be had, what is there may do.
  await runCommand("apt-get", ["update"], quiet);
  const install = ["install", "-y", "--no-install-recommends", ...DEBIAN_PACKAGES];
  const { status, stderr } = await runCommand("apt-get", install, quiet);
  return status === 0
    ? undefined
    : `apt-get install ${packages} failed: ${stderr.trim().slice(-500)}`;
}

import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GenericContainer, type StartedTestContainer, Wait } from "testcontainers";
import type { BuiltImage } from "#infra/image/build-image.ts";
import { buildImage } from "#infra/image/build-image.ts";
import type { ContainerTool } from "#infra/image/container-tool.ts";
import { findContainerTool } from "#infra/image/find-container-tool.ts";
import { type BaseImage, makeBase } from "#infra/image/make-base.ts";
import { nodeOf } from "#infra/image/node-of.ts";
import { openContainerSocket } from "#infra/image/open-container-socket.ts";

const PROJECT = join(import.meta.dirname, "..", "..");
/** As a task of a city and the machine of an external one have it. */
const USER = 10_001;
const MEMORY_GIB = 0.5;

/** The image, and what starts containers of it. Dispose of it to let go of the tool. */
export interface ImageRig extends AsyncDisposable {
  readonly tool: ContainerTool;
  readonly base: BaseImage;
  readonly image: BuiltImage;
  build(): Promise<BuiltImage>;
}

/** Build the image with what is here. @returns why there is none */
export async function openImageRig(): Promise<ImageRig | string> {
  const folder = join(PROJECT, "node_modules", ".cache", "exos-image");
  const tool = await findContainerTool({ environment: process.env, folder, install: true });
  if (tool.name === undefined) return tool.why;
  if (!tool.runs) return `${tool.name} builds images and runs no containers`;
  const base = await makeBase(tool, { ...nodeOf(PROJECT), registry: true });
  const build = () =>
    buildImage(tool, { project: PROJECT, base, name: "localhost/exos-node:tested" });
  const image = await build();
  const socket = await openContainerSocket(tool);
  Object.assign(process.env, socket.environment);
  return { tool, base, image, build, [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose]() };
}

/** Read-only but for the volume, as an orchestrator is told to start it. */
class ReadOnlyContainer extends GenericContainer {
  constructor(image: string) {
    super(image);
    this.hostConfig.ReadonlyRootfs = true;
    this.hostConfig.CapDrop = ["ALL"];
    this.hostConfig.Init = false;
  }
}

/** A folder that the node in a container may write to. */
export function volume(path: string): string {
  mkdirSync(path, { recursive: true });
  chownSync(path, USER, USER);
  return path;
}

/** A folder with one secret that the node in a container may read. */
export function secretVolume(path: string, name: string, value: string): string {
  const folder = volume(path);
  writeFileSync(join(folder, name), value, { mode: 0o400 });
  chownSync(join(folder, name), USER, USER);
  return folder;
}

/** How one is started. */
export interface Contained {
  readonly words: readonly string[];
  /** On this machine, put at `/data`; without it, a volume that ends with the container. */
  readonly data?: string;
  /** Likewise at `/secrets`, to be read alone. */
  readonly secrets?: string;
  readonly ports: readonly number[];
  readonly environment?: Readonly<Record<string, string>>;
  /** What it prints once it can be asked: there is no shell in it to look for open ports. */
  readonly says: RegExp;
  /** The network of this machine, where what it talks to listens on loopback. */
  readonly onHost?: boolean;
}

/** Start a container within the limits that it has everywhere. */
export async function startContained(
  image: BuiltImage,
  { words, data, secrets, ports, says, environment = {}, onHost = false }: Contained,
): Promise<StartedTestContainer> {
  const container = new ReadOnlyContainer(image.name)
    .withCommand([...words])
    .withUser(`${USER}:${USER}`)
    .withResourcesQuota({ memory: MEMORY_GIB })
    .withWaitStrategy(Wait.forLogMessage(says))
    .withEnvironment({ ...environment });
  const mounts = [
    ...(data === undefined ? [] : [{ source: data, target: "/data" }]),
    ...(secrets === undefined
      ? []
      : [{ source: secrets, target: "/secrets", mode: "ro" as const }]),
  ];
  if (mounts.length > 0) container.withBindMounts(mounts);
  if (onHost) container.withNetworkMode("host");
  else container.withExposedPorts(...ports);
  return await container.start();
}

/** What a stop took. */
export interface Stopped {
  readonly seconds: number;
  /** 137: it did not end by itself. */
  readonly exitCode: number;
}

/** SIGTERM, and SIGKILL after so many seconds; then it goes, with what it wrote for itself alone. */
export async function stopContained(
  container: StartedTestContainer,
  { tool }: Pick<ImageRig, "tool">,
  timeoutSeconds: number,
): Promise<Stopped> {
  const startedMs = performance.now();
  const id = container.getId();
  await tool.run(["stop", `--time=${timeoutSeconds}`, id]);
  const seconds = (performance.now() - startedMs) / 1_000;
  const { stdout } = await tool.run(["inspect", "--format", "{{.State.ExitCode}}", id]);
  await tool.run(["rm", "--force", "--volumes", id]);
  return { seconds, exitCode: Number(stdout.trim()) };
}

import { randomUUID } from "node:crypto";
import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunningContainer, RunningIngest } from "#services/cli/cloud/cloud-state.ts";
import type { NodeImage } from "#services/cli/cloud/find-image.ts";
import { freePort } from "#services/cli/cloud/free-port.ts";
import { clientEnvironment, type LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import { endGroup, isRunning } from "#services/cli/cloud/process-group.ts";
import { PROJECT } from "#services/cli/cloud/run-cdk.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import {
  isContainerUp,
  removeContainer,
  type ToolOptions,
} from "#services/cli/cloud/running-container.ts";
import { startDetached } from "#services/cli/cloud/start-detached.ts";
import type { Environment } from "#services/cli/command.ts";

export interface IngestOptions {
  readonly endpoint: LocalEndpoint;
  /** Names of the city, as its task is given them. */
  readonly variables: Readonly<Record<string, string>>;
  /** What it dials, such as `127.0.0.1:15888`. */
  readonly peers: readonly string[];
  /** Absolute; for its settings and its log. */
  readonly folder: string;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** The peer process, and where peers reach it. */
export interface StartedIngest {
  readonly running: RunningIngest;
  readonly port: number;
}

const ENTRY = join("services", "ingest", "main.ts");
/** Where a container finds the certificate of an endpoint that signed itself. */
const CERTIFICATE = "/endpoint.pem";
/** As the task has it. @source cloud.md 7.2 */
const LIMITS = ["--read-only", "--user=10001:10001", "--memory=512m", "--cap-drop=all"];
/** Podman puts folders in memory at `/tmp` and others of a root that is read-only; no task has them. */
const NO_MORE: Readonly<Record<string, readonly string[]>> = {
  podman: ["--read-only-tmpfs=false"],
};
/** It has as long to end; what takes longer is killed. @source cloud.md 7.2 */
const END_SECONDS_MAX = 20;
const REMOVE_MS_MAX = 60_000;

/** On the loopback alone, with any port for its health, since two cities may be up. */
function wordsOf({ peers }: IngestOptions, port: number): readonly string[] {
  const dial = peers.flatMap((peer) => ["--connect", peer]);
  return [ENTRY, "ingest", "--listen", `127.0.0.1:${port}`, "--health", "0", ...dial];
}

/**
 * Start it as the city's task would: the image, with a root that cannot be written to, on the
 * network of this machine, since both the endpoint and its peers are on its loopback.
 */
async function startContainer(image: NodeImage, options: IngestOptions): Promise<StartedIngest> {
  const { endpoint, variables, folder, environment, signal } = options;
  const port = await freePort();
  const { certificate } = endpoint;
  const client = clientEnvironment({ ...endpoint, certificate: certificate && CERTIFICATE });
  const all = { ...variables, ...client };
  const file = join(folder, "ingest.env");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lines = Object.entries(all).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(file, lines.join(""), { mode: 0o600 });
  const mount = await certificateMount(certificate, folder);
  const { tool, environment: settings } = image;
  // Named here: who is interrupted while it starts could not be told what to remove.
  const container = { tool, id: `exos-ingest-${randomUUID()}`, environment: settings };
  await runContainer(
    container,
    [
      ...["--network=host", ...LIMITS, ...(NO_MORE[tool] ?? []), ...mount],
      ...["--env-file", file, image.image, ...wordsOf(options, port)],
    ],
    { environment, signal },
  );
  return { running: { kind: "container", ...container }, port };
}

/** Start a container, or leave none. */
async function runContainer(
  container: RunningContainer,
  words: readonly string[],
  { environment, signal }: ToolOptions,
): Promise<void> {
  const { tool, id } = container;
  try {
    await runProgram(tool, ["run", "--detach", "--name", id, ...words], {
      doing: "starting the container of the peer process",
      env: { ...environment, ...container.environment },
      signal,
      code: "EXOS-E8181",
    });
  } catch (cause) {
    // It may have been started all the same; whoever gave up is not heard here.
    const left = { environment, signal: AbortSignal.timeout(REMOVE_MS_MAX) };
    await removeContainer(container, left).catch(() => undefined);
    throw cause;
  }
}

/** The emulator lets nobody but itself read its certificate; the container runs as another user. */
async function certificateMount(
  certificate: string | undefined,
  folder: string,
): Promise<readonly string[]> {
  if (certificate === undefined) return [];
  const copy = join(folder, "endpoint.pem");
  await copyFile(certificate, copy);
  await chmod(copy, 0o644);
  return ["--volume", `${copy}:${CERTIFICATE}:ro`];
}

async function startProcess(options: IngestOptions): Promise<StartedIngest> {
  const { endpoint, variables, folder, environment } = options;
  const port = await freePort();
  const path = environment["PATH"];
  const started = await startDetached({
    command: process.execPath,
    words: wordsOf(options, port),
    env: {
      ...(path === undefined ? {} : { PATH: path }),
      HOME: folder,
      ...variables,
      ...clientEnvironment(endpoint),
    },
    cwd: PROJECT,
    log: join(folder, "ingest.log"),
  });
  return { running: { kind: "process", ...started }, port };
}

/** The peer process of the city: a container where there is an image, else a plain process. */
export function startIngest(
  image: NodeImage | undefined,
  options: IngestOptions,
): Promise<StartedIngest> {
  return image === undefined ? startProcess(options) : startContainer(image, options);
}

/** Whether it runs. */
export async function isIngestUp(
  running: RunningIngest,
  { environment, signal }: Pick<IngestOptions, "environment" | "signal">,
): Promise<boolean> {
  if (running.kind === "process") return isRunning(running);
  return isContainerUp(running, { environment, signal });
}

/** @returns milliseconds until it ended by itself; `undefined` when it had to be killed */
export async function stopIngest(
  running: RunningIngest,
  options: Pick<IngestOptions, "environment" | "signal">,
): Promise<number | undefined> {
  if (running.kind === "process") return endGroup(running, END_SECONDS_MAX * 1_000);
  if (!(await isContainerUp(running, options))) {
    // It ended before, or somebody removed it.
    await removeContainer(running, options);
    return 0;
  }
  const { tool, id } = running;
  const env = { ...options.environment, ...running.environment };
  const run = (words: readonly string[]) =>
    runProgram(tool, words, { doing: "stopping the container", env, signal: options.signal });
  const started = performance.now();
  await run(["stop", "--time", String(END_SECONDS_MAX), id]);
  const elapsedMs = performance.now() - started;
  const code = (await run(["inspect", "--format", "{{.State.ExitCode}}", id])).trim();
  await removeContainer(running, options);
  // 137 is SIGKILL, with which a tool ends what did not end in time.
  return code === "137" ? undefined : elapsedMs;
}

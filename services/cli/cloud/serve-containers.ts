import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { endGroup } from "#services/cli/cloud/process-group.ts";
import { PROJECT } from "#services/cli/cloud/run-cdk.ts";
import { type DetachedProcess, startReady } from "#services/cli/cloud/start-detached.ts";
import type { Environment } from "#services/cli/command.ts";

const READY_MS_MAX = 20_000;
const END_MS_MAX = 10_000;

/**
 * Podman, as whoever speaks Docker's protocol asks it, for as long as a city stands: in a short folder
 * of its own, since the name of a socket may not be long.
 *
 * @throws CommandFailure `EXOS-E8181` when it is not ready in time
 */
export async function serveContainers({
  environment,
  settings,
  signal,
}: {
  readonly environment: Environment;
  /** Variables that podman wants besides. */
  readonly settings: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}): Promise<DetachedProcess & { readonly socket: string }> {
  const folder = await mkdtemp(join(tmpdir(), "exos-containers-"));
  const socket = join(folder, "podman.sock");
  const program = {
    command: "podman",
    words: ["system", "service", "--time=0", `unix://${socket}`],
    env: { ...environment, ...settings },
    cwd: PROJECT,
    log: join(folder, "podman.log"),
  };
  const look = () => (existsSync(socket) ? socket : undefined);
  const ready = { name: "podman's socket", msMax: READY_MS_MAX, signal, look };
  try {
    const { found, ...served } = await startReady(program, ready);
    return { ...served, socket: found };
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw cause;
  }
}

/** End it, and remove its folder. */
export async function endContainers(served: DetachedProcess): Promise<void> {
  await endGroup(served, END_MS_MAX);
  await rm(dirname(served.log), { recursive: true, force: true });
}

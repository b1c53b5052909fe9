import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerTool } from "./container-tool.ts";
import { ImageFault } from "./image-fault.ts";

/** Where programs that speak Docker's protocol reach a container tool. Dispose of it to close it. */
export interface ContainerSocket extends AsyncDisposable {
  /** To be added to the environment of such a program. */
  readonly environment: Readonly<Record<string, string>>;
}

const READY_MS = 20_000;
const LOOK_MS = 50;

/**
 * Docker's own socket, or one that podman serves.
 *
 * @throws ImageFault when podman does not serve it in time, or the tool runs no containers
 */
export async function openContainerSocket(
  tool: Pick<ContainerTool, "name" | "environment">,
): Promise<ContainerSocket> {
  if (tool.name === "docker")
    return { environment: {}, [Symbol.asyncDispose]: () => Promise.resolve() };
  if (tool.name === "buildah") throw new ImageFault("buildah builds images and runs no containers");
  const folder = mkdtempDisposableSync(join(tmpdir(), "exos-socket-"));
  const path = join(folder.path, "podman.sock");
  const service = spawn("podman", ["system", "service", "--time=0", `unix://${path}`], {
    stdio: "ignore",
    env: tool.environment,
  });
  // One that cannot be started ends with a code below 0.
  service.on("error", () => undefined);
  const close = async (): Promise<void> => {
    await end(service);
    folder.remove();
  };
  for (let waitedMs = 0; !existsSync(path); waitedMs += LOOK_MS) {
    if (waitedMs >= READY_MS || service.exitCode !== null) {
      await close();
      throw new ImageFault("podman did not serve its socket");
    }
    await sleep(LOOK_MS);
  }
  return {
    // The reaper of testcontainers would need an image of its own.
    environment: { DOCKER_HOST: `unix://${path}`, TESTCONTAINERS_RYUK_DISABLED: "true" },
    [Symbol.asyncDispose]: close,
  };
}

async function end(service: ChildProcess): Promise<void> {
  if (service.exitCode !== null || service.signalCode !== null) return;
  const closed = once(service, "exit");
  service.kill("SIGTERM");
  await closed;
}

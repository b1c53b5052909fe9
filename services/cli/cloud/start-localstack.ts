import { join } from "node:path";
import { openContainerSocket } from "#infra/image/open-container-socket.ts";
import type { RunningContainer } from "#services/cli/cloud/cloud-state.ts";
import { type ImageOptions, imageOf } from "#services/cli/cloud/find-image.ts";
import { freePort } from "#services/cli/cloud/free-port.ts";
import { LOCAL_CITY, type LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import { PROJECT } from "#services/cli/cloud/run-cdk.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import { removeContainer } from "#services/cli/cloud/running-container.ts";
import { composeCloud } from "#services/cli/compose-cloud.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

/** LocalStack while it runs. */
export interface RunningLocalstack {
  readonly endpoint: LocalEndpoint;
  readonly container: RunningContainer;
}

const HOST = "127.0.0.1";
/** Of some seconds each. */
const TRIES_MAX = 20;
const REMOVE_MS_MAX = 60_000;

/**
 * LocalStack 4.14.0 in a container, whose image is pulled or made where it is not at hand.
 *
 * @throws CommandFailure `EXOS-E8187` where containers do not run here or no image can be had;
 *   `EXOS-E8181` where it does not start
 */
export async function startLocalstack(options: ImageOptions): Promise<RunningLocalstack> {
  const { environment, signal, onNote } = options;
  const found = await imageOf("localstack.ts", { ...options, onLine: onNote });
  if (typeof found === "string") {
    throw new CommandFailure(`LocalStack: ${found}`, { code: "EXOS-E8187" });
  }
  const { tool, image, environment: settings } = found;
  const port = await freePort();
  onNote("starting LocalStack");
  const endpoint = {
    kind: "localstack",
    url: `http://${HOST}:${port}`,
    certificate: undefined,
  } as const;
  const container = { tool, id: `exos-localstack-${port}`, environment: settings };
  try {
    await run(image, container.id, {
      port,
      environment: { ...environment, ...settings },
      signal,
      tool,
    });
    await awaken(endpoint, signal);
  } catch (cause) {
    // It may have been started all the same; whoever gave up is not heard here.
    const left = { environment, signal: AbortSignal.timeout(REMOVE_MS_MAX) };
    await removeContainer(container, left).catch(() => undefined);
    throw cause;
  }
  return { endpoint, container };
}

/** A program of its own starts it: where containers are is said in the environment of a process. */
async function run(
  image: string,
  name: string,
  {
    port,
    environment,
    signal,
    tool,
  }: Pick<ImageOptions, "environment" | "signal"> &
    Pick<RunningContainer, "tool"> & { readonly port: number },
): Promise<void> {
  await using socket = await openContainerSocket({ name: tool, environment });
  const main = join(PROJECT, "services", "cli", "cloud", "run-localstack.ts");
  await runProgram(process.execPath, [main, image, name, String(port)], {
    doing: "starting LocalStack",
    // Nothing may end it when this program does: `exos cloud down` does.
    env: { ...environment, ...socket.environment, TESTCONTAINERS_RYUK_DISABLED: "true" },
    cwd: PROJECT,
    signal,
    code: "EXOS-E8181",
  });
}

/** Each of its services is loaded by the first request, which takes longer than clients wait. */
async function awaken(endpoint: LocalEndpoint, signal: AbortSignal): Promise<void> {
  using cloud = composeCloud(endpoint);
  for (let tries = 0; ; tries++) {
    try {
      await cloud.namesOf(LOCAL_CITY.prefix);
      return;
    } catch (cause) {
      if (!(cause instanceof StoreFault) || tries === TRIES_MAX) throw cause;
      signal.throwIfAborted();
    }
  }
}

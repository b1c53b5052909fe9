import { join } from "node:path";
import { dockerSocket } from "#infra/image/docker-socket.ts";
import { openContainerSocket } from "#infra/image/open-container-socket.ts";
import type { CloudState, RunningContainer } from "#services/cli/cloud/cloud-state.ts";
import { type ImageOptions, imageOf, type NodeImage } from "#services/cli/cloud/find-image.ts";
import { freePort } from "#services/cli/cloud/free-port.ts";
import { LOCAL_CITY, type LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import type { LocalstackFunctions } from "#services/cli/cloud/localstack-functions.ts";
import { PROJECT } from "#services/cli/cloud/run-cdk.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import { removeContainer } from "#services/cli/cloud/running-container.ts";
import { endContainers, serveContainers } from "#services/cli/cloud/serve-containers.ts";
import { composeCloud } from "#services/cli/compose-cloud.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

/** LocalStack while it runs. */
export interface RunningLocalstack {
  readonly endpoint: LocalEndpoint;
  readonly container: RunningContainer;
  /** What lets it start containers, where it was started for that. */
  readonly containers?: CloudState["containers"];
}

export interface LocalstackOptions extends ImageOptions {
  /** Whether it is to run functions, in containers beside its own. */
  readonly functions: boolean;
}

const HOST = "127.0.0.1";
/** Of some seconds each. */
const TRIES_MAX = 20;
const REMOVE_MS_MAX = 60_000;

/**
 * LocalStack 4.14.0 in a container, whose image is pulled or made where it is not at hand.
 *
 * @throws CommandFailure `EXOS-E8187` where containers do not run here; `EXOS-E8188` where they do,
 *   and no image can be had; `EXOS-E8181` where it does not start
 */
export async function startLocalstack(options: LocalstackOptions): Promise<RunningLocalstack> {
  const { environment, signal, onNote } = options;
  const found = await imageOf("localstack.ts", { ...options, onLine: onNote });
  if (typeof found === "string") {
    throw new CommandFailure(`LocalStack: ${found}`, { code: "EXOS-E8187" });
  }
  const { tool, image, environment: settings } = found;
  const port = await freePort();
  const served = options.functions ? await serveFunctions(found, options) : undefined;
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
      ...{ signal, tool, functions: served?.functions },
    });
    await awaken(endpoint, signal);
  } catch (cause) {
    // It may have been started all the same; whoever gave up is not heard here.
    const left = { environment, signal: AbortSignal.timeout(REMOVE_MS_MAX) };
    await removeContainer(container, left).catch(() => undefined);
    if (served?.containers !== undefined) await endContainers(served.containers);
    throw cause;
  }
  const containers = served?.containers;
  return { endpoint, container, ...(containers !== undefined && { containers }) };
}

/** @throws CommandFailure `EXOS-E8187` where a daemon of Docker is on another machine */
async function serveFunctions(
  { tool, environment: settings, functions: own }: NodeImage,
  { environment, signal }: LocalstackOptions,
): Promise<{
  readonly functions: LocalstackFunctions;
  readonly containers?: NonNullable<CloudState["containers"]>;
}> {
  const brought = own === undefined ? {} : { own };
  if (tool === "podman") {
    const { socket, ...containers } = await serveContainers({ environment, settings, signal });
    return { functions: { socket, ...brought }, containers };
  }
  const socket = await dockerSocket(environment);
  if (socket !== undefined && own === undefined) return { functions: { socket } };
  // It has Docker pull the image of each, even one that is there; podman finds that one.
  const why =
    socket === undefined
      ? "no daemon of Docker answers at a socket of this machine"
      : "Docker pulls what they run in, and reaches no registry of images";
  const message = `LocalStack cannot run functions: ${why}; --drive runs them here`;
  throw new CommandFailure(message, { code: "EXOS-E8187" });
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
    functions,
  }: Pick<ImageOptions, "environment" | "signal"> &
    Pick<RunningContainer, "tool"> & {
      readonly port: number;
      readonly functions: LocalstackFunctions | undefined;
    },
): Promise<void> {
  await using socket = await openContainerSocket({ name: tool, environment });
  const main = join(PROJECT, "services", "cli", "cloud", "run-localstack.ts");
  const more = functions === undefined ? [] : [JSON.stringify(functions)];
  await runProgram(process.execPath, [main, image, name, String(port), ...more], {
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

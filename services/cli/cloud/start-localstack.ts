import { join } from "node:path";
import * as z from "zod";
import { openContainerSocket } from "#infra/image/open-container-socket.ts";
import type { RunningContainer } from "#services/cli/cloud/cloud-state.ts";
import { type ImageOptions, imageOf } from "#services/cli/cloud/find-image.ts";
import { freePort } from "#services/cli/cloud/free-port.ts";
import { LOCAL_CITY, type LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import { PROJECT } from "#services/cli/cloud/run-cdk.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import type { Environment } from "#services/cli/command.ts";
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
const STARTED = z.object({ id: z.string() });

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
  const env = { ...environment, ...settings };
  await using socket = await openContainerSocket({ name: tool, environment: env });
  const words = [
    join(PROJECT, "services", "cli", "cloud", "run-localstack.ts"),
    image,
    String(port),
  ];
  const said = await runProgram(process.execPath, words, {
    doing: "starting LocalStack",
    // Nothing may end it when this program does: `exos cloud down` does.
    env: { ...env, ...socket.environment, TESTCONTAINERS_RYUK_DISABLED: "true" },
    cwd: PROJECT,
    signal,
    code: "EXOS-E8181",
  });
  const { id } = STARTED.parse(JSON.parse(said.trim().split("\n").at(-1) ?? ""));
  const endpoint = {
    kind: "localstack",
    url: `http://${HOST}:${port}`,
    certificate: undefined,
  } as const;
  await awaken(endpoint, signal);
  return { endpoint, container: { tool, id, environment: settings } };
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

interface ToolOptions {
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** What it said so far. */
export function localstackLog(
  { tool, id, environment: settings }: RunningContainer,
  { environment, signal }: ToolOptions,
): Promise<string> {
  const env = { ...environment, ...settings };
  return runProgram(tool, ["logs", id], { doing: "reading LocalStack's log", env, signal });
}

/** End it, and all that stands in it. */
export async function endLocalstack(
  { tool, id, environment: settings }: RunningContainer,
  { environment, signal }: ToolOptions,
): Promise<void> {
  const env = { ...environment, ...settings };
  await runProgram(tool, ["rm", "--force", id], { doing: "ending LocalStack", env, signal });
}

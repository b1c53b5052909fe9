import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { CLOUD_THINGS } from "#services/cli/cloud/cloud-control.ts";
import {
  type CloudFolder,
  type CloudState,
  forgetCloudState,
} from "#services/cli/cloud/cloud-state.ts";
import { destroyCity } from "#services/cli/cloud/deploy-city.ts";
import { LOCAL_CITY, type LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import { endGroup, isAlive } from "#services/cli/cloud/process-group.ts";
import {
  isContainerUp,
  removeBeside,
  removeContainer,
} from "#services/cli/cloud/running-container.ts";
import { endContainers } from "#services/cli/cloud/serve-containers.ts";
import { stopIngest } from "#services/cli/cloud/start-ingest.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { composeCloud } from "#services/cli/compose-cloud.ts";
import { CommandFailure } from "#services/cli/failure.ts";

export interface LowerOptions extends Pick<CommandContext, "environment" | "signal"> {
  readonly folder: CloudFolder;
  readonly state: CloudState;
  readonly onNote: (line: string) => void;
}

/** What was ended, and what is left. */
export interface LoweredCity {
  /** Milliseconds until the peer process ended by itself; `undefined` when it had to be killed. */
  readonly ingestMs: number | undefined;
  /** Whatever of the city still stands at the endpoint, by kind. */
  readonly survivors: readonly string[];
}

/** The emulator waits so long for handlers that run. */
const EMULATOR_MS_MAX = 15_000;
/** A run of a function may take a minute; what is cut short comes again. */
const DRIVER_MS_MAX = 20_000;
const PEER_MS_MAX = 20_000;

/** End all that a local city consists of, in the reverse of the order in which it was started. */
export async function lowerCity(options: LowerOptions): Promise<LoweredCity> {
  const { folder, state, environment, signal, onNote } = options;
  const { ingest, peer, emulator, container, containers, driver, driven } = state;
  const endpoint: LocalEndpoint = { ...state.endpoint, certificate: state.endpoint.certificate };
  let ingestMs: number | undefined = 0;
  if (ingest !== undefined) {
    onNote("stopping the peer process");
    ingestMs = await stopIngest(ingest, { environment, signal });
  }
  if (driver !== undefined) {
    onNote("stopping the functions");
    await endGroup(driver.pid, DRIVER_MS_MAX);
  }
  const reachable =
    (emulator === undefined || isAlive(emulator.pid)) &&
    (container === undefined || (await isContainerUp(container, { environment, signal })));
  const laidOut = existsSync(join(folder.assembly, "manifest.json"));
  if (state.deployed && reachable && laidOut) {
    onNote("removing the city's stacks");
    try {
      await destroyCity({ endpoint, folder, driven, environment, signal, onNote });
    } catch (cause) {
      // An emulator of our own ends with all that stands in it; elsewhere this is tried again.
      const own = emulator !== undefined || container !== undefined;
      if (!own || !(cause instanceof CommandFailure)) throw cause;
      onNote(cause.message);
    }
  }
  const survivors = reachable ? await survivorsAt(endpoint) : [];
  if (peer !== undefined) await endGroup(peer.pid, PEER_MS_MAX);
  if (emulator !== undefined) {
    await endGroup(emulator.pid, EMULATOR_MS_MAX);
    await rm(folder.emulator, { recursive: true, force: true });
  }
  if (container !== undefined) {
    await removeContainer(container, { environment, signal });
    await removeBeside(container, { environment, signal });
  }
  if (containers !== undefined) await endContainers(containers);
  await forgetCloudState(folder.state);
  return { ingestMs, survivors };
}

async function survivorsAt(endpoint: LocalEndpoint): Promise<readonly string[]> {
  using cloud = composeCloud(endpoint);
  const left = await cloud.namesOf(LOCAL_CITY.prefix);
  return CLOUD_THINGS.flatMap((kind) => left[kind].map((name) => `${kind}: ${name}`));
}

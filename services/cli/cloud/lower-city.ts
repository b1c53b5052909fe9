import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { checkAccount } from "#services/cli/cloud/check-account.ts";
import { CLOUD_THINGS, type CloudControl } from "#services/cli/cloud/cloud-control.ts";
import {
  type CloudFolder,
  type CloudState,
  forgetCloudState,
} from "#services/cli/cloud/cloud-state.ts";
import { destroyCity } from "#services/cli/cloud/deploy-city.ts";
import { LOCAL_CITY, type LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import { endGroup, isRunning } from "#services/cli/cloud/process-group.ts";
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
import { StoreFault } from "#shared/ports/store-fault.ts";

export interface LowerOptions extends Pick<CommandContext, "environment" | "signal"> {
  readonly folder: CloudFolder;
  readonly state: CloudState;
  readonly onNote: (line: string) => void;
}

/** What is left at the endpoint of a city. */
interface LeftThere {
  /** Whatever of the city still stands at the endpoint, by kind. */
  readonly survivors: readonly string[];
  /** Why its endpoint could not be asked for them; one that is not ours keeps what stood there. */
  readonly unasked?: string;
}

/** What was ended, and what is left. */
export interface LoweredCity extends LeftThere {
  /** Milliseconds until the peer process ended by itself; `undefined` when it had to be killed. */
  readonly ingestMs: number | undefined;
}

/** The emulator waits so long for handlers that run. */
const EMULATOR_MS_MAX = 15_000;
/** A run of a function may take a minute; what is cut short comes again. */
const DRIVER_MS_MAX = 20_000;
const PEER_MS_MAX = 20_000;

/** End all that a local city consists of, in the reverse of the order in which it was started. */
export async function lowerCity(options: LowerOptions): Promise<LoweredCity> {
  const { folder, state, environment, signal, onNote } = options;
  const { ingest, peer, emulator, container, containers, driver } = state;
  let ingestMs: number | undefined = 0;
  if (ingest !== undefined) {
    onNote("stopping the peer process");
    ingestMs = await stopIngest(ingest, { environment, signal });
  }
  if (peer !== undefined) await endGroup(peer, PEER_MS_MAX);
  if (driver !== undefined) {
    onNote("stopping the functions");
    await endGroup(driver, DRIVER_MS_MAX);
  }
  const left = await removeThere(options);
  if (emulator !== undefined) {
    await endGroup(emulator, EMULATOR_MS_MAX);
    await rm(folder.emulator, { recursive: true, force: true });
  }
  if (container !== undefined) {
    await removeContainer(container, { environment, signal });
    await removeBeside(container, { environment, signal });
  }
  if (containers !== undefined) await endContainers(containers);
  await forgetCloudState(folder.state);
  return { ingestMs, ...left };
}

/** Remove the city from its endpoint, where that answers. */
async function removeThere(options: LowerOptions): Promise<LeftThere> {
  const { state, environment, signal, onNote } = options;
  const { emulator, container } = state;
  const endpoint: LocalEndpoint = { ...state.endpoint, certificate: state.endpoint.certificate };
  using cloud = composeCloud(endpoint);
  if (emulator === undefined && container === undefined) {
    const unasked = await refusalOf(() => checkAccount(endpoint, cloud));
    if (unasked !== undefined) return { survivors: [], unasked };
    await destroyStacks(options, endpoint);
    return { survivors: await survivorsAt(cloud) };
  }
  const isUp =
    (emulator === undefined || isRunning(emulator)) &&
    (container === undefined || (await isContainerUp(container, { environment, signal })));
  if (!isUp) return { survivors: [] };
  // An emulator of our own ends with all that stands in it; elsewhere this is tried again.
  const failed = await refusalOf(() => destroyStacks(options, endpoint));
  if (failed !== undefined) onNote(failed);
  let survivors: readonly string[] = [];
  const unasked = await refusalOf(async () => {
    survivors = await survivorsAt(cloud);
  });
  return { survivors, ...(unasked !== undefined && { unasked }) };
}

/** @returns what kept it from being done; `undefined` once it is */
async function refusalOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (cause) {
    if (cause instanceof CommandFailure || cause instanceof StoreFault) return cause.message;
    throw cause;
  }
}

async function destroyStacks(options: LowerOptions, endpoint: LocalEndpoint): Promise<void> {
  const { state, folder, onNote } = options;
  if (!(state.deployed && existsSync(join(folder.assembly, "manifest.json")))) return;
  onNote("removing the city's stacks");
  await destroyCity({ ...options, endpoint, driven: state.driven });
}

async function survivorsAt(cloud: CloudControl): Promise<readonly string[]> {
  const left = await cloud.namesOf(LOCAL_CITY.prefix);
  return CLOUD_THINGS.flatMap((kind) => left[kind].map((name) => `${kind}: ${name}`));
}

import { readFile } from "node:fs/promises";
import { localUrlOf } from "#services/cli/cloud/ask-city.ts";
import {
  type CloudFolder,
  type CloudState,
  writeCloudState,
} from "#services/cli/cloud/cloud-state.ts";
import { deployCity } from "#services/cli/cloud/deploy-city.ts";
import {
  type DriverOptions,
  type RunningDriver,
  startDriver,
} from "#services/cli/cloud/drive/start-driver.ts";
import { findImage } from "#services/cli/cloud/find-image.ts";
import type { LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import { openEndpoint } from "#services/cli/cloud/open-endpoint.ts";
import type { CityOutputs } from "#services/cli/cloud/read-outputs.ts";
import { cityVariables } from "#services/cli/cloud/read-outputs.ts";
import { containerLog } from "#services/cli/cloud/running-container.ts";
import { type StartedIngest, startIngest, stopIngest } from "#services/cli/cloud/start-ingest.ts";
import { type LocalPeer, startPeer } from "#services/cli/cloud/start-peer.ts";
import type { CommandContext } from "#services/cli/command.ts";

export interface RaiseOptions extends Pick<CommandContext, "environment" | "signal"> {
  readonly folder: CloudFolder;
  /** Whether an emulator that is started enforces roles. */
  readonly roles: boolean;
  /** Whether the endpoint is LocalStack, in a container that is started for it. */
  readonly localstack: boolean;
  /** Whether its functions are driven from here, over an endpoint that runs none. */
  readonly driven: boolean;
  /** Whether its functions lie bundled in its folder already, as they are now. */
  readonly bundled?: boolean;
  /** Whether the peer process is to be a plain process even where an image can be had. */
  readonly plainProcess: boolean;
  /** Whether a container tool may be installed. */
  readonly installTool: boolean;
  /** A node to follow, as `HOST:PORT`; one of its own is started without. */
  readonly peer: string | undefined;
  /** Whether the node that is started mints by itself. */
  readonly minting: boolean;
  readonly onNote: (line: string) => void;
}

/** A local city that runs. */
export interface RaisedCity {
  readonly endpoint: LocalEndpoint;
  readonly outputs: CityOutputs;
  /** Where its function for requests answers, without a slash at its end. */
  readonly rpcUrl: string;
  /** The same of the one that streams events; `undefined` where the city has none. */
  readonly eventsUrl: string | undefined;
  /** The process that starts its functions; `undefined` where it is a container, or not ours. */
  readonly starter: CloudState["emulator"];
  /** What whoever starts its functions says, each call among it; `undefined` where it is not ours. */
  starterLog(): Promise<string | undefined>;
  /** The peer process that was started last. */
  ingest(): StartedIngest;
  /** Ends it. @returns milliseconds it took; `undefined` when it had to be killed */
  stopIngest(): Promise<number | undefined>;
  /** Starts it again. */
  startIngest(): Promise<void>;
  /** What it follows. */
  readonly peer: { readonly address: string; readonly started: LocalPeer | undefined };
  /** What is written down of it. */
  state(): CloudState;
}

/**
 * Start everything that a local city is made of. What does not become ready is ended, and what
 * does is written down at once, so that `exos cloud down` ends it even when this is cut short.
 */
export async function raiseCity(options: RaiseOptions): Promise<RaisedCity> {
  const { folder, environment, signal, onNote, plainProcess, installTool, driven } = options;
  const { endpoint, ...opened } = await openEndpoint({ ...options, folder: folder.emulator });
  const { emulator, container } = opened;
  let state: CloudState = { schema: "exos.cloud.v1", endpoint, ...opened, deployed: false, driven };
  const note = async (more: Partial<CloudState>) => {
    state = { ...state, ...more };
    await writeCloudState(folder.state, state);
  };
  await note({ deployed: true });
  const outputs = await deployCity({ ...options, endpoint });
  const driver = driven ? await openDriver({ ...options, endpoint, outputs }) : undefined;
  if (driver !== undefined) {
    const { pid, start, log } = driver;
    await note({ driver: { pid, start, log } });
  }
  const peer = await openPeer(options);
  if (peer.started !== undefined) {
    const { pid, start, log } = peer.started;
    await note({ peer: { pid, start, log } });
  }
  const found = plainProcess
    ? "a plain process was asked for"
    : await findImage({ environment, signal, onNote, install: installTool });
  if (typeof found === "string") onNote(`the peer process is a plain process: ${found}`);
  const image = typeof found === "string" ? undefined : found;
  const start = async () => {
    // What the peer process calls by name is answered by whoever drives it.
    const called = driver === undefined ? {} : { AWS_ENDPOINT_URL_LAMBDA: driver.url };
    const variables = { ...cityVariables(outputs), ...called };
    const peers = [peer.address];
    const place = { folder: folder.path, environment, signal };
    const started = await startIngest(image, { endpoint, variables, peers, ...place });
    await note({ ingest: started.running });
    return started;
  };
  let ingest = await start();
  return {
    endpoint,
    outputs,
    ...urlsOf(endpoint, outputs, driver),
    starter: driver ?? emulator,
    async starterLog() {
      const log = (driver ?? emulator)?.log;
      if (log !== undefined) return readFile(log, "utf8");
      return container && containerLog(container, { environment, signal });
    },
    peer,
    ingest: () => ingest,
    stopIngest: () => stopIngest(ingest.running, { environment, signal }),
    async startIngest() {
      ingest = await start();
    },
    state: () => state,
  };
}

function urlsOf(
  endpoint: LocalEndpoint,
  { RpcUrl = "", EventsUrl }: CityOutputs,
  driver: RunningDriver | undefined,
): Pick<RaisedCity, "rpcUrl" | "eventsUrl"> {
  if (driver !== undefined) {
    return { rpcUrl: `${driver.url}/rpc`, eventsUrl: `${driver.url}/rpc-events` };
  }
  const eventsUrl = EventsUrl === undefined ? undefined : localUrlOf(endpoint, EventsUrl);
  return { rpcUrl: localUrlOf(endpoint, RpcUrl), eventsUrl };
}

function openDriver(options: DriverOptions & Pick<RaiseOptions, "onNote">): Promise<RunningDriver> {
  options.onNote("starting the functions");
  return startDriver(options);
}

async function openPeer(options: RaiseOptions): Promise<RaisedCity["peer"]> {
  const { peer, folder, minting, environment, signal, onNote } = options;
  if (peer !== undefined) return { address: peer, started: undefined };
  onNote("starting a node for the city to follow");
  const started = await startPeer({ minting, folder: folder.peer, environment, signal });
  return { address: started.address, started };
}

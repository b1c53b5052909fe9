import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CloudFolder,
  cloudFolderOf,
  type RunningContainer,
  readCloudState,
} from "#services/cli/cloud/cloud-state.ts";
import { type EndpointChoice, endpointChoice } from "#services/cli/cloud/endpoint-choice.ts";
import { leftOutOf } from "#services/cli/cloud/left-out-of.ts";
import { programEnvironment } from "#services/cli/cloud/local-endpoint.ts";
import { type LoweredCity, lowerCity } from "#services/cli/cloud/lower-city.ts";
import { raiseCity } from "#services/cli/cloud/raise-city.ts";
import {
  announceBlocks,
  followFirst,
  reorganise,
} from "#services/cli/cloud/rehearse/announce-blocks.ts";
import { askBehindEdge } from "#services/cli/cloud/rehearse/ask-behind-edge.ts";
import { askEvents } from "#services/cli/cloud/rehearse/ask-events.ts";
import { compareLeftOut } from "#services/cli/cloud/rehearse/compare-left-out.ts";
import { countCalls, countOthers, runWatch } from "#services/cli/cloud/rehearse/count-calls.ts";
import { deliverReleases, destroyByFleet } from "#services/cli/cloud/rehearse/deliver-releases.ts";
import { disableConnect } from "#services/cli/cloud/rehearse/disable-connect.ts";
import { compareSets, killFunctions } from "#services/cli/cloud/rehearse/kill-functions.ts";
import { createMiningNode } from "#services/cli/cloud/rehearse/mining-node.ts";
import { operatorKeys, plantSecrets } from "#services/cli/cloud/rehearse/plant-secrets.ts";
import {
  type Rehearsal,
  rehearsalFailure,
  secondsOf,
} from "#services/cli/cloud/rehearse/rehearsal.ts";
import { restartIngest } from "#services/cli/cloud/rehearse/restart-ingest.ts";
import { searchSecrets } from "#services/cli/cloud/rehearse/search-secrets.ts";
import { sendTransaction } from "#services/cli/cloud/rehearse/send-transaction.ts";
import { containerLog } from "#services/cli/cloud/running-container.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { composeCloud } from "#services/cli/compose-cloud.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";

type Step = (rehearsal: Rehearsal) => Promise<void>;

interface Round {
  /** Of its folder. */
  readonly name: string;
  readonly roles: boolean;
  readonly steps: readonly Step[];
}

/** All of it, where the endpoint lets every call pass. */
const OPEN: Round = {
  name: "open",
  roles: false,
  steps: [
    compareLeftOut,
    plantSecrets,
    followFirst,
    announceBlocks,
    reorganise,
    countCalls,
    sendTransaction,
    askEvents,
    disableConnect,
    killFunctions,
    restartIngest,
    countOthers,
    askBehindEdge,
    deliverReleases,
    searchSecrets,
    destroyByFleet,
  ],
};
/** What touches each role, where the endpoint refuses what no role grants. */
const GUARDED: Round = {
  name: "guarded",
  roles: true,
  steps: [
    plantSecrets,
    followFirst,
    announceBlocks,
    reorganise,
    countCalls,
    sendTransaction,
    askEvents,
    runWatch,
    countOthers,
    compareSets,
    askBehindEdge,
    searchSecrets,
  ],
};

/** Deploy a city, take it through the steps, remove it, and see that nothing is left. */
async function act(
  { roles, steps }: Round,
  { context, folder, choice, bundled }: Act,
): Promise<void> {
  const { signal, options } = context;
  const secrets = new Map<string, string>();
  const environment = { ...context.environment, ...operatorKeys(secrets) };
  const { terminal, printed } = recorded(context.terminal);
  const started = performance.now();
  const city = await raiseCity({
    ...{ folder, roles, bundled },
    ...choice,
    plainProcess: options["process"] !== undefined,
    installTool: environment["CI"] !== undefined,
    peer: undefined,
    minting: false,
    environment,
    signal,
    onNote: (line) => terminal.err(line),
  });
  const { started: peer } = city.peer;
  if (peer === undefined) throw rehearsalFailure("there is no node to follow");
  const print = (line: string) => terminal.out(line);
  print(
    `city       up after ${secondsOf(performance.now() - started)}, its peer process ${city.ingest().running.kind === "container" ? "a container" : "a plain process"}`,
  );
  using cloud = composeCloud(city.endpoint);
  const leftOut = await leftOutOf(city.endpoint, choice, context);
  const node = createMiningNode(peer);
  const program = programEnvironment(city.endpoint, { home: folder.home, ours: environment });
  const rehearsal: Rehearsal = {
    ...{ city, node, cloud, signal, program, leftOut, folder, environment, secrets },
    ...{ print, hear: (line) => void printed.push(line), printed: () => printed },
  };
  for (const step of steps) await step(rehearsal);
  const { survivors, unasked } = await lower(folder, context);
  if (unasked !== undefined) throw rehearsalFailure(`what is left cannot be told: ${unasked}`);
  if (survivors.length > 0) throw rehearsalFailure(`what is left: ${survivors.join(", ")}`);
  print("destroy    no stack, table, queue, topic, bucket or function is left");
}

/** A terminal that also keeps each line that is told. */
function recorded({ out, err }: Pick<CommandContext["terminal"], "out" | "err">) {
  const printed: string[] = [];
  const terminal = {
    out(line: string) {
      printed.push(line);
      out(line);
    },
    err(line: string) {
      printed.push(line);
      err(line);
    },
  };
  return { terminal, printed };
}

interface Act {
  readonly context: CommandContext;
  readonly folder: CloudFolder;
  readonly choice: EndpointChoice;
  /** Whether a round before this one bundled the functions. */
  readonly bundled: boolean;
}

async function lower(
  folder: CloudFolder,
  { environment, signal, terminal }: CommandContext,
): Promise<Omit<LoweredCity, "ingestMs">> {
  const state = await readCloudState(folder.state);
  if (state === undefined) return { survivors: [] };
  const onNote = (line: string) => terminal.err(line);
  return lowerCity({ folder, state, environment, signal, onNote });
}

/**
 * One round, in a folder of its own: the node of the round before would bring its chain along, and
 * the city would follow and count that as well.
 */
async function rehearse(round: Round, datadir: string, given: Omit<Act, "folder">): Promise<void> {
  const { context } = given;
  const own = cloudFolderOf({ datadir: join(datadir, round.name) });
  const folder = { ...own, bundles: join(datadir, "bundles") };
  try {
    await act(round, { ...given, folder });
  } catch (cause) {
    // The logs stay; nothing that runs does, even after Ctrl-C.
    const { emulator, container, ingest } = (await readCloudState(folder.state)) ?? {};
    const place = join(folder.path, "emulator.log");
    // Without it the failure is still the failure.
    if (emulator !== undefined) await copyFile(emulator.log, place).catch(() => undefined);
    if (container !== undefined) await keepLog(container, place, context);
    if (ingest?.kind === "container") {
      await keepLog(ingest, join(folder.path, "ingest.log"), context);
    }
    context.terminal.err(`logs are in ${folder.path}`);
    await lower(folder, { ...context, signal: AbortSignal.timeout(LOWER_MS_MAX) });
    throw cause;
  }
}

/** What a container said, also where it has ended, and after Ctrl-C; or why it cannot be told. */
async function keepLog(
  container: RunningContainer,
  place: string,
  { environment }: CommandContext,
): Promise<void> {
  const patience = { environment, signal: AbortSignal.timeout(LOWER_MS_MAX) };
  const said = await containerLog(container, patience).catch((cause: unknown) => String(cause));
  await writeFile(place, said);
}

/** `exos cloud rehearse`. */
export async function runRehearse(context: CommandContext): Promise<ExitCode> {
  const { terminal, options, environment } = context;
  const choice = await endpointChoice(options, environment);
  const started = performance.now();
  const datadir = await mkdtemp(join(tmpdir(), "exos-rehearsal-"));
  if (options["roles"] === undefined)
    await rehearse(OPEN, datadir, { context, choice, bundled: false });
  if (choice.unguarded === undefined) {
    terminal.out("with roles enforced:");
    const bundled = options["roles"] === undefined;
    await rehearse(GUARDED, datadir, { context, choice, bundled });
  } else {
    terminal.out(`skipped: the round with roles enforced: ${choice.unguarded}`);
  }
  await rm(datadir, { recursive: true, force: true });
  terminal.out(`rehearsed in ${secondsOf(performance.now() - started)}`);
  return EXIT.done;
}

const LOWER_MS_MAX = 120_000;

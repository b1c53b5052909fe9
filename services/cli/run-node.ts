import { cityRoleOf, type NamedRole } from "#services/cli/city-role-of.ts";
import type { CommandContext, Terminal } from "#services/cli/command.ts";
import { DEVELOPMENT_SCRIPT } from "#services/cli/dev/development-address.ts";
import type { IndexWatch } from "#services/cli/embedded/open-answers.ts";
import type { EmbeddedFleet, FleetPlan } from "#services/cli/embedded/open-fleet.ts";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { openPeers, type PeeredNode } from "#services/cli/embedded/open-peers.ts";
import { runPruning } from "#services/cli/embedded/prune-task.ts";
import {
  type ServedNode,
  type ServeOptions,
  serveNode,
} from "#services/cli/embedded/serve-node.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { createLongWork, grouped } from "#services/cli/long-work.ts";
import { notify } from "#services/cli/notify.ts";
import { openRunningNodeOf } from "#services/cli/open-node-of.ts";
import { peerOptionsOf } from "#services/cli/peer-options-of.ts";
import { withDownloadDefaults } from "#services/cli/policy-of.ts";
import { PROGRAM_VERSION } from "#services/cli/program-version.ts";
import type { Config } from "#services/cli/read-config.ts";
import { runToldCommands } from "#services/cli/run-told-commands.ts";
import { type StakingDefaults, stakingOptionsOf } from "#services/cli/staking-options-of.ts";
import { downloaded, showSync } from "#services/cli/sync-progress.ts";
import { type LongTask, together } from "#services/cli/together.ts";
import { walletOptionsOf } from "#services/cli/wallet/wallet-options-of.ts";
import { NetFault } from "#shared/ports/net-fault.ts";

/** A node that answers, as whoever announces it sees it. */
export interface RunningNode {
  readonly node: EmbeddedNode;
  readonly served: ServedNode;
  readonly peered: PeeredNode;
  readonly fleet: EmbeddedFleet | undefined;
  readonly httpUrl: string;
  readonly rpcUrl: string;
  /** The city that it answers as, if any. */
  readonly city: string | undefined;
  /** Since the process began. */
  readonly readyMs: number;
}

export interface RunHooks {
  /** What has to be there before the node counts as ready. */
  prepare?(node: EmbeddedNode, signal: AbortSignal): Promise<void>;
  /** What is done with the wallets once the index knows their coins, before it is announced. */
  openWallets?(served: ServedNode): Promise<void>;
  /** Whether the node stakes where nobody says so, and how it is paced. */
  readonly staking?: StakingDefaults;
  /** What else goes on until the node stops. */
  beside?(running: RunningNode, signal: AbortSignal): Promise<void>;
  /** Other nodes of the same process, of which this one is the first. */
  readonly fleet?: FleetPlan | undefined;
  announce(running: RunningNode): Promise<void>;
}

const LOOPBACK = /^(127\.|localhost$|::1$)/;

/**
 * What a city answers by HTTP is everybody's, behind the door of the edge.
 * @throws CommandFailure when a listener would let strangers in
 */
function refuseUnsafe(config: Config, role: NamedRole | undefined): void {
  const guarded = role === undefined ? (["httpbind", "rpcbind"] as const) : (["rpcbind"] as const);
  const open = guarded.find((key) => !LOOPBACK.test(config.text(key) ?? "127.0.0.1"));
  if (open === undefined) return;
  if (config.list("rpcauth").length > 0 && config.list("rpcallowip").length > 0) return;
  const message = `${open} ${config.text(open)} reaches beyond this machine without a login`;
  throw new CommandFailure(message, { code: "EXOS-E0008", exit: EXIT.usage });
}

function listenersOf(config: Config) {
  const { ports } = config.network;
  return {
    http: {
      host: config.text("httpbind") ?? "127.0.0.1",
      port: config.integer("httpport") ?? ports.http,
    },
    rpc: {
      host: config.text("rpcbind") ?? "127.0.0.1",
      port: config.integer("rpcport") ?? ports.rpc,
    },
  };
}

/** Who may ask what. */
export function accessOf(config: Config) {
  return {
    rpcauth: config.list("rpcauth"),
    rpcuser: config.text("rpcuser"),
    rpcpassword: config.text("rpcpassword"),
    rpcallowip: config.list("rpcallowip"),
    rpcwhitelist: config.list("rpcwhitelist"),
    httphosts: config.list("httphosts"),
    httporigins: config.list("httporigins"),
    ratelimit: config.flag("ratelimit"),
  };
}

/** Listen for peers. @throws CommandFailure that names the port when it is taken */
async function join(
  node: EmbeddedNode,
  config: Config,
  { fleet }: Pick<RunHooks, "fleet">,
): Promise<PeeredNode> {
  const options = peerOptionsOf(config);
  try {
    return await openPeers(node, fleet?.peersOfFirst(options) ?? options);
  } catch (cause) {
    if (!(cause instanceof NetFault)) throw cause;
    const taken = cause.reason === "address in use";
    const message = `Cannot ${cause.message}; give another with --${taken ? "port" : "bind"}`;
    const code = taken ? "EXOS-E0006" : "EXOS-E0002";
    throw new CommandFailure(message, { code, exit: EXIT.failed, cause });
  }
}

/** Listen, and say so in one sentence when an option of the listeners means nothing. */
async function serve(
  node: EmbeddedNode,
  config: Config,
  {
    peers,
    sync,
    staking,
    ...rest
  }: Pick<
    ServeOptions,
    "peers" | "sync" | "staking" | "stop" | "stopped" | "fleet" | "cities" | "city" | "role"
  >,
): Promise<ServedNode> {
  try {
    return await serveNode(node, {
      ...listenersOf(config),
      ...accessOf(config),
      readiness: {
        blocksMax: config.integer("readymaxlag") ?? 2,
        // Where nothing newer can be known, and on development networks, age means nothing.
        ageSecondsMax:
          config.network.kind === "regtest" || peers?.network().hasSource !== true
            ? undefined
            : config.integer("readymaxage"),
      },
      version: PROGRAM_VERSION,
      rewardScript: DEVELOPMENT_SCRIPT,
      wallets: rest.role === undefined ? walletOptionsOf(config) : undefined,
      staking,
      peers,
      sync,
      ...rest,
    });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new CommandFailure(cause.message, { code: "EXOS-E0002", exit: EXIT.usage, cause });
  }
}

/** Blocks that the index is behind before anybody is told. */
const SHOWN_BLOCKS = 500;

/** The index's own progress line. */
function createIndexLine({ clock }: EmbeddedNode, terminal: Terminal, from = 0): IndexWatch {
  const elapsedMs = () => clock.elapsedMs();
  const work = createLongWork({ terminal, phase: "index", elapsedMs });
  const startedMs = elapsedMs();
  return ({ at, target, blocks, transactions }) => {
    const seconds = Math.max(0.001, (elapsedMs() - startedMs) / 1_000);
    work.show((100 * (at.height - from)) / Math.max(1, target - from), [
      `${grouped(blocks / seconds)} blk/s`,
      `${grouped(transactions / seconds)} tx/s`,
      `height ${grouped(at.height)} of ${grouped(target)}`,
    ]);
  };
}

/** Bring the index up to what was imported, and say how far it is. */
async function catchUp(
  { node, served }: Pick<RunningNode, "node" | "served">,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const from = (await served.index.cursor())?.height ?? -1;
  await served.catchUp(signal, createIndexLine(node, terminal, from));
}

/** The index follows what is downloaded once that is done, and from then on every block. */
async function followIndex(
  running: Pick<RunningNode, "node" | "served" | "peered">,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const show = createIndexLine(running.node, terminal);
  await running.served.follow(signal, {
    due: () => downloaded(running, signal),
    onProgress(progress) {
      if (progress.blocks >= SHOWN_BLOCKS) show(progress);
    },
  });
}

/** What is taken without being judged is never taken in silence. */
function sayWhatIsSkipped({ log, network }: EmbeddedNode, config: Config): void {
  const height = network.consensus.checkpoints.at(-1)?.height;
  if (config.text("checkpoints") !== "skip" || height === undefined) return;
  log.info("blocks up to the last checkpoint are not judged, as the reference does", { height });
}

const urlOf = (host: string | undefined, port: number): string =>
  `http://${host?.includes(":") === true ? `[${host}]` : (host ?? "127.0.0.1")}:${port}`;

/**
 * A whole node until Ctrl-C, SIGTERM or the method `stop`: opens the stores, listens, brings the
 * index to the tip, and says every 32 seconds where it stands.
 *
 * @returns 0 after an orderly stop
 * @throws StoreFault or CommandFailure when it cannot go on
 */
export async function runNode(context: CommandContext, hooks: RunHooks): Promise<ExitCode> {
  const { terminal } = context;
  const config = withDownloadDefaults(context.config);
  const role = cityRoleOf(config);
  refuseUnsafe(config, role);
  const asked = new AbortController();
  const signal = AbortSignal.any([context.signal, asked.signal]);
  await using node = await openRunningNodeOf({ ...context, config }, hooks.fleet?.first.code);
  await using peered = await join(node, config, hooks);
  await using fleet = await hooks.fleet?.open({ node, peered }, () => asked.abort());
  sayWhatIsSkipped(node, config);
  const { peers, ingest } = peered;
  const sync = () => ({ ...ingest.progress(), initialDownload: ingest.initialDownload() });
  const staking = stakingOptionsOf(config, peered, hooks.staking);
  await using served = await serve(node, config, {
    peers,
    sync,
    staking,
    stop: () => asked.abort(),
    stopped: signal,
    fleet: fleet?.control,
    cities: fleet?.answering,
    city: role?.code ?? hooks.fleet?.first.code,
    role,
  });
  const main = async (until: AbortSignal): Promise<void> => {
    await hooks.prepare?.(node, until);
    await catchUp({ node, served }, terminal, until);
    if (until.aborted) return;
    await hooks.openWallets?.(served);
    const running = {
      node,
      served,
      peered,
      fleet,
      httpUrl: urlOf(config.text("httpbind"), served.httpPort),
      rpcUrl: urlOf(config.text("rpcbind"), served.rpcPort),
      city: role?.code,
      readyMs: Math.round(performance.now()),
    };
    await hooks.announce(running);
    const { index } = served;
    const keepBlocks = config.integer("prune") ?? 0;
    await together(
      [
        (end) => showSync(running, terminal, end),
        (end) => followIndex(running, terminal, end),
        (end) => runPruning(node, { index, keepBlocks }, end),
        (end) => notify(running, context, end),
        (end) => runToldCommands(running, config, end),
        async (end) => served.staking?.run(end),
        async (end) => hooks.beside?.(running, end),
      ],
      until,
    );
  };
  // A block that is being minted is connected before whoever connects leaves.
  const minted = new AbortController();
  const mainFirst = async (until: AbortSignal): Promise<void> => {
    try {
      await main(until);
    } finally {
      minted.abort();
    }
  };
  const besides = [(end) => peered.run(end), async (end) => fleet?.run(end)] satisfies LongTask[];
  await together([() => node.run(minted.signal), ...besides, mainFirst], signal);
  return EXIT.done;
}

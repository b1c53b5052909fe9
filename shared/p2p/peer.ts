import {
  onBlock,
  onNotFound,
  onTransaction,
  requestBlocks,
  requestTransactions,
} from "#shared/p2p/fetch.ts";
import { onOpened, onReject, onVerack, onVersion } from "#shared/p2p/handshake.ts";
import {
  checkHeaderSync,
  onHeaders,
  onProvenHeaders,
  requestHeaders,
} from "#shared/p2p/header-sync.ts";
import { checkLiveness, onPing, onPong, sendPing } from "#shared/p2p/liveness.ts";
import { payloadLimits } from "#shared/p2p/message-limits.ts";
import type { PeerAction } from "#shared/p2p/peer-action.ts";
import type { PeerEnv, PeerInput } from "#shared/p2p/peer-input.ts";
import type { PeerSetup, PeerStatus } from "#shared/p2p/peer-setup.ts";
import {
  dropped,
  end,
  freshState,
  type Handler,
  NOTHING,
  type PeerState,
} from "#shared/p2p/peer-state.ts";
import {
  announceBlocks,
  announceTransactions,
  onAddresses,
  onInventory,
  onSendHeaders,
  queueTransactions,
} from "#shared/p2p/relay.ts";
import {
  giveAbsence,
  giveAddresses,
  giveBlock,
  giveHeaders,
  giveInventory,
  giveMempool,
  giveTransaction,
  onGetAddresses,
  onGetBlocks,
  onGetData,
  onGetHeaders,
  onGetProvenHeaders,
  onMempool,
} from "#shared/p2p/serve.ts";

/** One other node. Nothing is done here but deciding: no I/O, no clock, no randomness. */
export interface Peer {
  /** What to do now that this happened; nothing once the connection ended. */
  handle(input: PeerInput, env: PeerEnv): readonly PeerAction[];
  status(): PeerStatus;
}

/** What is answered before the handshake is done. */
const HANDSHAKE: ReadonlyMap<string, Handler> = new Map([
  ["version", onVersion],
  ["verack", onVerack],
  ["reject", onReject],
  ["ping", onPing],
]);

/** What is answered after it. */
const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ...HANDSHAKE,
  ["pong", onPong],
  ["sendheaders", onSendHeaders],
  ["getheaders", onGetHeaders],
  ["getprovhdr", onGetProvenHeaders],
  ["headers", onHeaders],
  ["provhdr", onProvenHeaders],
  ["getblocks", onGetBlocks],
  ["getdata", onGetData],
  ["inv", onInventory],
  ["block", onBlock],
  ["tx", onTransaction],
  ["notfound", onNotFound],
  ["mempool", onMempool],
  ["getaddr", onGetAddresses],
  ["addr", onAddresses],
]);

/** The state machine of one connection. @source exos-l1.md 7 */
export function createPeer(setup: PeerSetup): Peer {
  const peer = freshState(setup);
  const limits = payloadLimits(setup.dialect);
  return {
    handle: (input, env) => (peer.stage === "ended" ? NOTHING : handle(peer, limits, input, env)),
    status: () => statusOf(peer),
  };
}

function handle(
  peer: PeerState,
  limits: ReadonlyMap<string, number>,
  input: PeerInput,
  env: PeerEnv,
): readonly PeerAction[] {
  switch (input.kind) {
    case "opened":
      return onOpened(peer, env);
    case "message":
      return receive(peer, limits, input, env);
    case "unreadable":
      return end(peer, input.reason);
    case "violation":
      return end(peer, "a block or header breaks a rule", input.reason);
    case "tick":
      return tick(peer, env);
    default:
      return peer.stage === "ready" ? wishOrAnswer(peer, input, env) : NOTHING;
  }
}

type FromNode = Exclude<
  PeerInput,
  { kind: "opened" | "message" | "unreadable" | "violation" | "tick" }
>;

/** What the node wants of the peer, or gives it. */
function wishOrAnswer(peer: PeerState, input: FromNode, env: PeerEnv): readonly PeerAction[] {
  switch (input.kind) {
    case "ping":
      return peer.pingSentAtMs === undefined ? [sendPing(peer, env)] : NOTHING;
    case "requestHeaders":
      return requestHeaders(peer, input, env);
    case "requestBlocks":
      return requestBlocks(peer, input.hashes);
    case "requestTransactions":
      return requestTransactions(peer, input.txids);
    case "announceBlocks":
      return announceBlocks(peer, input.headers, env);
    case "announceTransactions":
      queueTransactions(peer, input.txids);
      return NOTHING;
    case "headersFound":
      return giveHeaders(peer, input);
    case "inventoryFound":
      return giveInventory(peer, input);
    case "block":
      return giveBlock(peer, input, env);
    case "transaction":
      return giveTransaction(peer, input);
    case "missing":
      return giveAbsence(peer, input.items);
    case "addressesFound":
      return giveAddresses(input.addresses);
    case "mempoolFound":
      return giveMempool(peer, input.txids);
  }
}

function receive(
  peer: PeerState,
  limits: ReadonlyMap<string, number>,
  { command, payload }: Extract<PeerInput, { kind: "message" }>,
  env: PeerEnv,
): readonly PeerAction[] {
  peer.lastReceivedAtMs = env.nowMs;
  if (peer.stage === "unsuited") return end(peer, "version too old");
  const handler = limits.has(command) ? HANDLERS.get(command) : undefined;
  if (handler === undefined) return [dropped(command, "unknown command")];
  if (peer.stage === "ready" || HANDSHAKE.has(command)) return handler(peer, payload, env);
  return [dropped(command, "before the handshake")];
}

function tick(peer: PeerState, env: PeerEnv): readonly PeerAction[] {
  const due = checkLiveness(peer, env);
  if (peer.stage !== "ready") return due;
  return [...due, ...checkHeaderSync(peer, env), ...announceTransactions(peer, env)];
}

function statusOf(peer: PeerState): PeerStatus {
  return {
    stage: peer.stage,
    greeting: peer.greeting,
    pingMs: peer.pingMs,
    pingMinMs: peer.pingMinMs,
    pingSentAtMs: peer.pingSentAtMs,
    lastReceivedAtMs: peer.lastReceivedAtMs,
    blocksInFlight: peer.blocksInFlight.size,
    transactionsInFlight: peer.transactionsInFlight.size,
    headersAskedAtMs: peer.headersAsked === 0 ? undefined : peer.headersRequest?.atMs,
  };
}

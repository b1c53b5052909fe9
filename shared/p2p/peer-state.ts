import { BAN_SECONDS, END_CODES, type EndReason } from "#shared/p2p/end-reason.ts";
import { KEPT, RATES } from "#shared/p2p/message-limits.ts";
import type { DropReason, PeerAction, PeerGreeting } from "#shared/p2p/peer-action.ts";
import type { PeerEnv, PeerInput } from "#shared/p2p/peer-input.ts";
import type { PeerSetup } from "#shared/p2p/peer-setup.ts";
import { RecentHashes } from "#shared/p2p/recent-hashes.ts";
import { TokenBucket } from "#shared/p2p/token-bucket.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";

type RequestHeaders = Extract<PeerInput, { kind: "requestHeaders" }>;

/** The buckets of one peer, one for each rate. */
export type Buckets = { readonly [name in keyof typeof RATES]: TokenBucket };

/** All that is remembered of one connection; every list in it has a limit. */
export interface PeerState {
  readonly setup: PeerSetup;
  /**
   * `connecting`: nothing of it yet. `greeted`: its version came. `unsuited`: the handshake is done,
   * with a version too old to speak with. `ready`: all messages flow. `ended`: nothing does.
   */
  stage: "connecting" | "greeted" | "unsuited" | "ready" | "ended";
  openedAtMs: number;
  greetedAtMs: number;
  lastReceivedAtMs: number | undefined;
  /** Since its version came. */
  greeting: PeerGreeting | undefined;
  /** Version of what is spoken, once it is known. */
  spoken: number;
  /** Whether blocks and transactions are asked of it with their witnesses. */
  witness: boolean;

  pingNonce: bigint;
  pingSentAtMs: number | undefined;
  pingedAtMs: number;
  pingMs: number | undefined;
  pingMinMs: number | undefined;

  /** When headers were last wished for by the timer. */
  syncedAtMs: number;
  /** The request for headers that was sent last, if one was. */
  headersRequest:
    | { readonly key: string; readonly atMs: number; readonly proven: boolean }
    | undefined;
  /** Requests for headers without an answer. */
  headersAsked: number;
  /** A request that must wait, because it repeats the last one. */
  headersWaiting: RequestHeaders | undefined;

  readonly blocksInFlight: RecentHashes;
  readonly transactionsInFlight: RecentHashes;

  /** Items that the peer asked for and that the node has not answered. */
  wanted: number;
  /** Last hash of a full answer to `getblocks`: when it is fetched, the tip is told. */
  continuation: Hash256 | undefined;
  addressesGiven: boolean;
  /** Whether blocks are announced to it by their headers. */
  sendsHeaders: boolean;
  readonly knownBlocks: RecentHashes;
  readonly knownTransactions: RecentHashes;
  /** By `hashKey`. */
  readonly announcements: Map<string, Hash256>;
  announcedAtMs: number;

  readonly buckets: Buckets;
}

/** What a message does to a peer. */
export type Handler = (peer: PeerState, payload: Uint8Array, env: PeerEnv) => readonly PeerAction[];

/** Nothing to do. */
export const NOTHING: readonly PeerAction[] = [];

/** A connection before its first byte. */
export function freshState(setup: PeerSetup): PeerState {
  return {
    setup,
    stage: "connecting",
    openedAtMs: 0,
    greetedAtMs: 0,
    lastReceivedAtMs: undefined,
    greeting: undefined,
    spoken: 0,
    witness: false,
    pingNonce: setup.pingNonce,
    pingSentAtMs: undefined,
    pingedAtMs: 0,
    pingMs: undefined,
    pingMinMs: undefined,
    syncedAtMs: 0,
    headersRequest: undefined,
    headersAsked: 0,
    headersWaiting: undefined,
    blocksInFlight: new RecentHashes(KEPT.blocksInFlight),
    transactionsInFlight: new RecentHashes(KEPT.transactionsInFlight),
    wanted: 0,
    continuation: undefined,
    addressesGiven: false,
    sendsHeaders: false,
    knownBlocks: new RecentHashes(KEPT.knownBlocks),
    knownTransactions: new RecentHashes(KEPT.knownTransactions),
    announcements: new Map(),
    announcedAtMs: 0,
    buckets: {
      version: new TokenBucket(RATES.version),
      ping: new TokenBucket(RATES.ping),
      headersWanted: new TokenBucket(RATES.headersWanted),
      blocksWanted: new TokenBucket(RATES.blocksWanted),
      mempool: new TokenBucket(RATES.mempool),
      headers: new TokenBucket(RATES.headers),
      inv: new TokenBucket(RATES.inv),
      tx: new TokenBucket(RATES.tx),
      addr: new TokenBucket(RATES.addr),
    },
  };
}

const EMPTY = new Uint8Array(0);

/** A message to the peer. */
export function send(command: string, payload: Uint8Array = EMPTY): PeerAction {
  return { kind: "send", command, payload };
}

/** A message, or a part of it, that is left aside. */
export function dropped(command: string, reason: DropReason): PeerAction {
  return { kind: "dropped", command, reason };
}

/**
 * The last action of a connection: a violation bans, all else only disconnects. A violation of a peer
 * that is vouched for is left aside.
 *
 * @source exos-l1.md 7.8
 */
export function end(peer: PeerState, reason: EndReason, detail = ""): readonly PeerAction[] {
  const code = END_CODES[reason];
  const isViolation = code === "EXOS-E3001";
  if (isViolation && peer.setup.forgiven === true) {
    return [dropped("*", "rule broken by a peer that is vouched for")];
  }
  peer.stage = "ended";
  peer.announcements.clear();
  return isViolation
    ? [{ kind: "ban", seconds: BAN_SECONDS, reason, detail, code }]
    : [{ kind: "disconnect", reason, detail, code }];
}

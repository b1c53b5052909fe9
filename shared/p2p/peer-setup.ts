import type { NetworkAddress } from "#shared/codec/messages/network-address.ts";
import type { PeerDialect } from "#shared/p2p/dialect.ts";
import type { PeerGreeting } from "#shared/p2p/peer-action.ts";
import type { Height } from "#shared/primitives/brand.ts";

/** What is known of a connection before it speaks. */
export interface PeerSetup {
  readonly dialect: PeerDialect;
  /** Whether the other side dialled. */
  readonly inbound: boolean;
  /** Headers up to here are asked for without proofs, above it with them: `lastCheckpointHeight`. */
  readonly lastCheckpoint: Height;
  /** What we offer. */
  readonly services: bigint;
  /** What it must offer; 0 for a peer that was named by hand. */
  readonly servicesWanted: bigint;
  readonly userAgent: string;
  /** Whether we want transactions; `false` with `blocksonly`. */
  readonly relay: boolean;
  /** The same for all connections of a node, so that it knows itself; chosen at random. */
  readonly nonce: bigint;
  /** Where the first ping's number starts; chosen at random. */
  readonly pingNonce: bigint;
  readonly local: NetworkAddress;
  readonly remote: NetworkAddress;
  /** The operator vouches for it: what it breaks is left aside, and neither bans nor ends. */
  readonly forgiven?: boolean;
  /** Our own address, told to peers that we dial; `undefined` where it is not public. */
  readonly advertised: NetworkAddress | undefined;
}

/** How a peer stands, for lists of peers. Times are `nowMs` of their moment. */
export interface PeerStatus {
  readonly stage: "connecting" | "greeted" | "unsuited" | "ready" | "ended";
  readonly greeting: PeerGreeting | undefined;
  readonly pingMs: number | undefined;
  readonly pingMinMs: number | undefined;
  /** When the ping was sent that is not answered yet. */
  readonly pingSentAtMs: number | undefined;
  readonly lastReceivedAtMs: number | undefined;
  /** Blocks asked for that did not come. */
  readonly blocksInFlight: number;
  readonly transactionsInFlight: number;
  /** When headers were asked for that did not come yet: a peer may also be silent for want of any. */
  readonly headersAskedAtMs: number | undefined;
}

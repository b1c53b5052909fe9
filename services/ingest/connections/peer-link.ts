import type { KnownAddress, NetworkAddress } from "#shared/codec/messages/network-address.ts";
import type { PeerAction, PeerGreeting } from "#shared/p2p/peer-action.ts";
import type { PeerSetup, PeerStatus } from "#shared/p2p/peer-setup.ts";
import type { Connection } from "#shared/ports/transport.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";

/**
 * Why a connection is there. `manual`: the operator named it; `feeler`: only to learn whether
 * somebody answers, and closed after the handshake.
 */
export type ConnectionKind = "inbound" | "outbound" | "manual" | "feeler";

/** What a session gives its peer besides the rules of the network. */
export type PeerIdentity = Omit<PeerSetup, "dialect" | "lastCheckpoint">;

/** How a connection ended, as the peer's state machine said it. */
export type PeerEnd = Extract<PeerAction, { kind: "disconnect" | "ban" }>;

/** One connection as the manager hands it to a session, and what it wants to hear of it. */
export interface PeerLink {
  /** Unique in this process, counting up from 1. */
  readonly id: number;
  /** Nobody receives from it yet. The manager alone listens for its end. */
  readonly connection: Connection;
  readonly kind: ConnectionKind;
  /** Neither banned nor refused, and served also while the node is behind. */
  readonly whitelisted: boolean;
  readonly identity: PeerIdentity;
  /** The handshake is done. A feeler is closed by this, and a peer without a place. */
  ready(greeting: PeerGreeting): void;
  /** The peer told of other nodes. */
  learned(addresses: readonly KnownAddress[]): void;
  /** Other nodes to tell of: at most 1,000, and fresh ones. */
  addresses(): readonly NetworkAddress[];
  /** Close, log it under its code, and ban the address where `end` says so. */
  end(end: PeerEnd): void;
  /**
   * Whether a block of this many bytes may be sent today, which counts it. Always so for a peer
   * that is whitelisted and, of the last week, where `recent` says so.
   */
  mayUpload(bytes: number, recent: boolean): boolean;
}

/** How a session stands, for lists of peers and for choosing whom to let go. */
export interface SessionStatus extends PeerStatus {
  /** Height of the last header that is ours too; `undefined`: none known. */
  readonly headersHeight: number | undefined;
  /** Height of the last block that is ours too. */
  readonly blocksHeight: number | undefined;
  /** Heights asked for and not come yet. */
  readonly inFlight: readonly number[];
  /** When the last new block or transaction came from it; 0: never. */
  readonly lastBlock: UnixSeconds;
  readonly lastTransaction: UnixSeconds;
  /** Addresses of `addr` taken in, and those left aside for want of room or time. */
  readonly addressesTaken: number;
  readonly addressesDropped: number;
  /** Bytes by command, frames included; commands that we do not know under `*other*`. */
  readonly sentByCommand: Readonly<Record<string, number>>;
  readonly receivedByCommand: Readonly<Record<string, number>>;
}

/** What ingest makes of a connection. */
export interface Session {
  status(): SessionStatus;
  /** Send a ping now (the method `ping`). */
  ping(): void;
  /** The connection is closed; give back what was asked of this peer. */
  closed(): void;
}

/** Begin to talk. The session receives from the link's connection before it returns. */
export type OpenSession = (link: PeerLink) => Session;

import type { Ban } from "#shared/ports/ban-list.ts";
import type { Endpoint } from "#shared/ports/transport.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";
import type { ErrorCode } from "#shared/primitives/error-catalogue.ts";
import type { Result } from "#shared/primitives/result.ts";

/** One connected node as it is listed. Times are 0 where it never happened. */
export interface PeerView {
  readonly id: number;
  readonly remote: Endpoint;
  readonly local: Endpoint;
  readonly kind: "inbound" | "outbound" | "manual" | "feeler";
  /** By the rule that keeps one peer per network; `undefined` for a name. */
  readonly group: string | undefined;
  readonly whitelisted: boolean;
  readonly connected: UnixSeconds;
  readonly stage: "connecting" | "greeted" | "unsuited" | "ready" | "ended";
  /** What it said of itself; `undefined` before the handshake. */
  readonly greeting:
    | {
        readonly version: number;
        readonly services: bigint;
        readonly userAgent: string;
        readonly startHeight: number;
        readonly relay: boolean;
        readonly timeOffsetSeconds: number;
      }
    | undefined;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly lastSent: UnixSeconds;
  readonly lastReceived: UnixSeconds;
  readonly lastBlock: UnixSeconds;
  readonly lastTransaction: UnixSeconds;
  readonly pingMs: number | undefined;
  readonly pingMinMs: number | undefined;
  /** For how long a ping has not been answered. */
  readonly pingWaitMs: number | undefined;
  readonly headersHeight: number | undefined;
  readonly blocksHeight: number | undefined;
  readonly inFlight: readonly number[];
  readonly addressesTaken: number;
  readonly addressesDropped: number;
  readonly sentByCommand: Readonly<Record<string, number>>;
  readonly receivedByCommand: Readonly<Record<string, number>>;
}

/** A node that the operator named. */
export interface AddedNode {
  /** As it was written. */
  readonly text: string;
  readonly connections: readonly {
    readonly remote: Endpoint;
    readonly direction: "inbound" | "outbound";
  }[];
}

/** The node's network as a whole. */
export interface NetworkView {
  readonly protocolVersion: number;
  readonly userAgent: string;
  /** Bits of what the node offers. */
  readonly services: bigint;
  /** Whether transactions are relayed. */
  readonly relay: boolean;
  /** What the clock was moved by to agree with the peers, in seconds. */
  readonly timeOffsetSeconds: number;
  /** Median of how far the peers' clocks are ahead of this machine's; `undefined`: no peers. */
  readonly clockSkewSeconds: number | undefined;
  readonly listening: readonly Endpoint[];
  readonly external: readonly Endpoint[];
  /** `host:port` of the outbound proxy; empty without one. */
  readonly proxy: string;
  readonly inboundMax: number;
  readonly outboundMax: number;
  /** Whether nodes are dialled that nobody named. */
  readonly discovers: boolean;
  /** Whether there is any way to learn of another node. */
  readonly hasSource: boolean;
}

/** What went over all connections of this process, and what still may today. */
export interface NetTotals {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** `undefined` without `maxuploadperday`. */
  readonly upload:
    | { readonly limitBytes: number; readonly leftBytes: number; readonly leftSeconds: number }
    | undefined;
}

/** Why something about peers is not done. */
export interface PeerRefusal {
  readonly reason:
    | "no endpoint"
    | "added already"
    | "not added"
    | "not connected"
    | "banned already"
    | "not bannable";
  readonly code: ErrorCode;
  readonly message: string;
}

/** Who to disconnect. */
export type PeerChoice =
  | { readonly kind: "id"; readonly id: number }
  | { readonly kind: "endpoint"; readonly text: string };

/** The connections of a node, for whoever shows or changes them. */
export interface Peers {
  list(): readonly PeerView[];
  network(): NetworkView;
  totals(): NetTotals;
  added(): readonly AddedNode[];
  /** Connect to a node, and again whenever the connection is lost; or `once`. */
  add(text: string, once: boolean): Result<void, PeerRefusal>;
  /** Take back `add`; the connection stays. */
  remove(text: string): Result<void, PeerRefusal>;
  disconnect(choice: PeerChoice): Result<void, PeerRefusal>;
  /** Send everyone a ping. */
  ping(): void;
  bans(): readonly Ban[];
  /** Ban until a time, and close what is banned. @param subject address, network, or loopback endpoint */
  ban(subject: string, until: UnixSeconds): Promise<Result<void, PeerRefusal>>;
  lift(subject: string): Promise<Result<void, PeerRefusal>>;
  clearBans(): Promise<void>;
}

import type { Difference } from "#shared/fleet/reason.ts";
import type { HashHex, UnixSeconds } from "#shared/primitives/brand.ts";

/** What the peer process says of itself. */
export interface IngestHeartbeat {
  readonly service: "ingest";
  readonly at: UnixSeconds;
  readonly peersIn: number;
  readonly peersOut: number;
  /** The heaviest header that a peer told of; `undefined` before the first. */
  readonly bestHeader: { readonly height: number; readonly hash: HashHex } | undefined;
  /**
   * How high the network stands, as most outbound peers say, and no higher than time allows; absent
   * while none has spoken. Headers are looked at 4,000 at a time, and say less of a city far behind.
   */
  readonly networkHeight?: number | undefined;
  /** Addresses in the book. */
  readonly addresses: number;
}

/** Another city as the watcher found it. */
export interface CitySeen {
  readonly city: string;
  readonly at: UnixSeconds;
  readonly ready: boolean;
  /** In what it differs from most others, as whoever looks after the watcher's city was told. */
  readonly differs: readonly Difference[];
  /** `undefined` when it did not answer. */
  readonly tip:
    | { readonly height: number; readonly hash: HashHex; readonly muhash: HashHex | undefined }
    | undefined;
}

/** What the watcher found. */
export interface WatchHeartbeat {
  readonly service: "watch";
  readonly at: UnixSeconds;
  /** Messages in the dead-letter queues. */
  readonly deadLetters: number;
  /** Age of the oldest hint that waits to be connected. */
  readonly oldestHintSeconds: number;
  /** At most 64. */
  readonly cities: readonly CitySeen[];
}

/** A process that says no more than that it lives. */
export interface PlainHeartbeat {
  readonly service: "stake" | "load";
  readonly at: UnixSeconds;
}

export type Heartbeat = IngestHeartbeat | WatchHeartbeat | PlainHeartbeat;
export type BeatingService = Heartbeat["service"];

/**
 * The last sign of life of each process of a city, for `/readyz`. One write a minute each; whoever
 * reads compares `at` with its own clock.
 *
 * Implementations: `adapters/embedded/memory-heartbeats.ts`, `adapters/aws/dynamo-heartbeats.ts`. Each
 * passes `test/ports/heartbeats.contract.ts`. Every method throws StoreFault when the world failed.
 *
 * @source cloud.md 3.1 `BEAT`
 */
export interface Heartbeats {
  /** The last one given of a service replaces the one before. */
  beat(heartbeat: Heartbeat): Promise<void>;
  /** Of every service that ever beat, in no order. */
  all(): Promise<Heartbeat[]>;
}

import type { AddressBook } from "#shared/ports/address-book.ts";
import type { BanList } from "#shared/ports/ban-list.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Entropy } from "#shared/ports/entropy.ts";
import type { Log } from "#shared/ports/log.ts";
import type { Metrics } from "#shared/ports/metrics.ts";
import type { Transport } from "#shared/ports/transport.ts";
import type { OpenSession } from "./peer-link.ts";

/** What the connections of a node are made of. */
export interface ConnectionDeps {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly book: AddressBook;
  readonly bans: BanList;
  /** Of the protocol, as the network speaks it. */
  readonly protocol: {
    readonly version: number;
    /** Bits of what this node offers. */
    readonly services: bigint;
  };
  readonly openSession: OpenSession;
  /** Of the own tip. */
  height(): number;
  /** Addresses of a name, as text. @throws NetFault */
  resolve(name: string): Promise<readonly string[]>;
  /** The node's clock is to be moved by so much altogether. */
  adjustTime(offsetSeconds: number): void;
}

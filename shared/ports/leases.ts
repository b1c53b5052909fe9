import type { UnixSeconds } from "#shared/primitives/brand.ts";

/** What one process at a time should do. */
export type LeaseName = "load" | "pack" | "replay" | StreamLease;
/** Who holds one of the city's streams of events. */
type StreamLease = `events-${number}`;

/** A lease as it was taken or renewed. */
export interface Lease {
  readonly name: LeaseName;
  /** A name that no other process has. */
  readonly owner: string;
  /** Rises by one each time the lease is taken, renewed or given back. */
  readonly n: number;
  /** It is free from this second on. */
  readonly until: UnixSeconds;
}

/** Who asks, when, and for how long. */
export interface LeaseAsk {
  readonly owner: string;
  readonly now: UnixSeconds;
  /** 1 to 3,600 */
  readonly seconds: number;
}

/**
 * Who does a piece of work now, so that it is not done twice for nothing. Never for safety: a holder
 * that was frozen for an hour wakes and goes on, and clocks differ; whatever is done under a lease
 * must be right without it.
 *
 * Implementations: `adapters/embedded/memory-leases.ts`, `adapters/aws/dynamo-leases.ts`. Each passes
 * `test/ports/leases.contract.ts`. Every method throws StoreFault when the world failed.
 *
 * @source cloud.md 0 rule 2, 3.1
 */
export interface Leases {
  /** @returns the lease; `undefined` while another owner's has not run out */
  take(name: LeaseName, ask: LeaseAsk): Promise<Lease | undefined>;
  /** @returns the lease until later; `undefined` when somebody else took it meanwhile */
  renew(lease: Lease, ask: Omit<LeaseAsk, "owner">): Promise<Lease | undefined>;
  /** Free it at once, if it is still ours. */
  release(lease: Lease): Promise<void>;
  /** @returns whoever holds it at this time; `undefined` when it is free */
  holder(name: LeaseName, now: UnixSeconds): Promise<Lease | undefined>;
}

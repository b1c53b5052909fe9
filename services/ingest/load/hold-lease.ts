import type { Clock } from "#shared/ports/clock.ts";
import type { Lease, LeaseName, Leases } from "#shared/ports/leases.ts";
import type { Log } from "#shared/ports/log.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

/** What holding a lease needs. */
export interface HoldDeps {
  readonly leases: Leases;
  /** Of this process. */
  readonly owner: string;
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
}

/** What became of work that is done under a lease. */
export type Held<T> =
  | { readonly state: "done"; readonly value: T }
  /** Another process does it now. */
  | { readonly state: "held" }
  /** It was told to stop, or the lease was lost: what was done is found again. */
  | { readonly state: "stopped" };

/** A task that dies holds up the next one for no longer. @source cloud.md 5.4 */
const LEASE_SECONDS = 60;
const RENEW_MS = 20_000;

/**
 * Do long work as the one process that does it, and renew the lease meanwhile.
 *
 * @throws what the work throws, unless it was stopped
 * @source cloud.md 0 rule 2, 5.4
 */
export async function holdLease<T>(
  name: LeaseName,
  deps: HoldDeps,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<Held<T>> {
  const { leases, owner, clock } = deps;
  const lease = await leases.take(name, { owner, now: clock.now(), seconds: LEASE_SECONDS });
  if (lease === undefined) return { state: "held" };
  const done = new AbortController();
  const lost = new AbortController();
  const end = AbortSignal.any([signal, lost.signal]);
  const keeping = keep(lease, { deps, done: done.signal, lost });
  // Heard when the work has ended.
  keeping.catch(() => undefined);
  try {
    return { state: "done", value: await work(end) };
  } catch (cause) {
    if (end.aborted) return { state: "stopped" };
    throw cause;
  } finally {
    done.abort();
    const held = await keeping;
    if (held !== undefined) await giveBack(held, deps);
  }
}

/** What was done is done, and what failed has failed: a lease that is not given back ends by itself. */
async function giveBack(lease: Lease, { leases, log }: Pick<HoldDeps, "leases" | "log">) {
  try {
    await leases.release(lease);
  } catch (cause) {
    if (!(cause instanceof StoreFault)) throw cause;
    log.warn(cause.code ?? "EXOS-E8100", "lease not given back", { err: cause.message });
  }
}

interface Keeping {
  readonly deps: Pick<HoldDeps, "leases" | "clock" | "log">;
  readonly done: AbortSignal;
  readonly lost: AbortController;
}

/** Renew the lease until it is done. @returns as it is held then; `undefined` when it was lost */
async function keep(first: Lease, { deps, done, lost }: Keeping): Promise<Lease | undefined> {
  const { leases, clock, log } = deps;
  let lease: Lease | undefined = first;
  while (!done.aborted && lease !== undefined) {
    await sleepOrStop(clock, RENEW_MS, done);
    if (done.aborted) break;
    try {
      lease = await leases.renew(lease, { now: clock.now(), seconds: LEASE_SECONDS });
    } catch (cause) {
      // Safety does not hang on it: somebody else may begin the same work, and one of both wins.
      if (!(cause instanceof StoreFault)) throw cause;
      log.warn(cause.code ?? "EXOS-E8100", "lease not renewed", { err: cause.message });
    }
  }
  if (lease === undefined) lost.abort();
  return lease;
}

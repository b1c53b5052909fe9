import type { Clock } from "#shared/ports/clock.ts";
import type { Entropy } from "#shared/ports/entropy.ts";
import type { Lease, Leases } from "#shared/ports/leases.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

/** Streams that a city holds at once; whoever comes then is told the tip once. @source cloud.md 7.3 */
export const HELD_STREAMS_MAX = 8;
/** As long as the function that holds one can live: whatever killed it, the slot is free again. */
const SLOT_SECONDS = 610;

/** What streams are counted with. */
export interface SlotDeps {
  readonly leases: Pick<Leases, "take" | "release">;
  readonly clock: Pick<Clock, "now">;
  readonly entropy: Pick<Entropy, "bytes">;
}

/** The right to hold one stream. */
export interface StreamSlot {
  /** Give it to the next one; twice is once. */
  release(): Promise<void>;
}

/**
 * One of the slots of a city, each a lease: how many functions run is known to nobody who could ask
 * in time, and one that Lambda refuses cannot say what to do instead.
 *
 * @returns `undefined` while all are taken
 * @throws StoreFault when the store did not tell
 */
export async function takeStreamSlot(deps: SlotDeps): Promise<StreamSlot | undefined> {
  const owner = Buffer.from(deps.entropy.bytes(8)).toString("hex");
  for (let at = 1; at <= HELD_STREAMS_MAX; at++) {
    const ask = { owner, now: deps.clock.now(), seconds: SLOT_SECONDS };
    const lease = await deps.leases.take(`events-${at}`, ask);
    if (lease !== undefined) return slotOf(lease, deps);
  }
  return undefined;
}

function slotOf(lease: Lease, { leases }: SlotDeps): StreamSlot {
  let isHeld = true;
  return {
    async release() {
      if (!isHeld) return;
      isHeld = false;
      try {
        await leases.release(lease);
      } catch (fault) {
        // Nothing is lost: it runs out by itself.
        if (!(fault instanceof StoreFault)) throw fault;
      }
    },
  };
}

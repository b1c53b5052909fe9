import type { Clock } from "#shared/ports/clock.ts";
import type { BufferedCoinStore } from "#shared/ports/coin-store.ts";

/** How much a kill may cost, to be done again: blocks, and time since the first of them. */
const FLUSH_BLOCKS = 1_000;
const FLUSH_MS = 10_000;

/** What is flushed, and how much may gather before. */
export interface FlusherDeps {
  readonly blocks: { flush(): Promise<void> };
  readonly headers: { flush(): Promise<void> };
  readonly coins: BufferedCoinStore;
  readonly clock: Pick<Clock, "elapsedMs">;
  /** Bytes of changed coins that may gather in memory. */
  readonly cacheBytesMax: number;
  /** Blocks that may gather; a thousand unless given. */
  readonly blocksMax?: number;
}

/** The one that decides when gathered writes become durable. */
export interface Flusher {
  /** Make everything so far durable: blocks, then headers, then coins, which name both. */
  flush(): Promise<void>;
  /** The same, when enough has gathered or waited long enough. */
  flushWhenDue(): Promise<void>;
}

/** Decides when gathered writes go to disk, for stores that one process owns. */
export function createFlusher(deps: FlusherDeps): Flusher {
  const { blocks, headers, coins, clock, cacheBytesMax, blocksMax = FLUSH_BLOCKS } = deps;
  let lastMs = clock.elapsedMs();
  let syncedMs = lastMs;
  let last: Promise<void> = Promise.resolve();

  async function syncNamed(): Promise<void> {
    await blocks.flush();
    await headers.flush();
    syncedMs = clock.elapsedMs();
  }

  async function flushNow(): Promise<void> {
    lastMs = clock.elapsedMs();
    // Blocks go on coming meanwhile: a tip is written only with what it names.
    await coins.flush(syncNamed);
    lastMs = clock.elapsedMs();
  }

  /** One after the other: whoever asked gets a flush that began after he asked. */
  function inTurn(write: () => Promise<void>): Promise<void> {
    const turn = last.then(write, write);
    last = turn;
    return turn;
  }

  const flush = () => inTurn(flushNow);

  return {
    flush,
    async flushWhenDue() {
      const waiting = coins.pending();
      if (waiting.blocks === 0) {
        lastMs = clock.elapsedMs();
        // Side branches and verdicts wait too. Stores without either have nothing to do here.
        if (lastMs - syncedMs >= FLUSH_MS) await inTurn(syncNamed);
        return;
      }
      const due =
        waiting.blocks >= blocksMax ||
        waiting.bytes >= cacheBytesMax ||
        clock.elapsedMs() - lastMs >= FLUSH_MS;
      if (due) await flush();
    },
  };
}

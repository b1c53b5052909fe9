import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import { FIRST_GENERATION, type Generations, OLD_SECONDS } from "#shared/ports/generations.ts";
import type { Log } from "#shared/ports/log.ts";

/** What looking after replaced generations needs. */
export interface RetireDeps {
  readonly coins: Pick<CoinStore, "dropGeneration">;
  readonly generations: Generations;
  readonly clock: Pick<Clock, "now">;
  readonly log: Pick<Log, "info">;
}

/**
 * Note every generation before the one in use as old, those of loads that died on their way among
 * them, and delete those that have been old for a day, but for the one that its stack made.
 *
 * @source cloud.md 5.4 "old table"
 */
export async function retireGenerations(inUse: number, deps: RetireDeps): Promise<void> {
  const { coins, generations, clock, log } = deps;
  for (let generation = FIRST_GENERATION; generation < inUse; generation++) {
    const note = await generations.get(generation);
    if (note?.state === "dropped") continue;
    if (note?.state !== "old") {
      await generations.noteOld(generation);
      log.info("generation out of use", { generation });
    } else if (generation !== FIRST_GENERATION && clock.now() - note.at >= OLD_SECONDS) {
      await coins.dropGeneration(generation);
      log.info("generation deleted", { generation });
    }
  }
}

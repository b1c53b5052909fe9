import type { Clock } from "#shared/ports/clock.ts";
import { FIRST_GENERATION, OLD_SECONDS } from "#shared/ports/generations.ts";

/** One table of a city that is made anew instead of cleaned. */
export interface SweptTable {
  readonly kind: "coins" | "index";
  readonly generation: number;
  readonly table: string;
  /** Seconds: when it was first seen to be out of use; `undefined`: never. */
  readonly oldSince: number | undefined;
}

/** What sweeping needs. */
export interface SweepDeps {
  readonly generations: {
    list(): Promise<readonly SweptTable[]>;
    live(kind: SweptTable["kind"]): Promise<number | undefined>;
    noteOld(one: SweptTable): Promise<void>;
    drop(one: SweptTable): Promise<void>;
  };
  readonly clock: Pick<Clock, "now">;
}

/** What became of one table. */
export interface Swept {
  readonly table: string;
  /** `unknown`: the city has no tip, or no cursor. `newer`: being filled, or left behind by whoever was killed at it; goes after the next load. `stack`: out of use, and its stack's. */
  readonly state: "live" | "unknown" | "newer" | "stack" | "waits" | "dropped";
  /** Seconds: from when on it may go, if it waits. */
  readonly until?: number;
}

/**
 * Delete the generations of a city that are older than the one in use, a day after they were first
 * seen to be; until then they are only noted. Without a tip or a cursor, nothing goes, and what the city's stack made
 * never does.
 *
 * @param options `dryRun`: tell of what would become of each, and do nothing
 * @throws StoreFault when the world failed: run again, it goes on
 * @source cloud.md 5.4
 */
export async function sweepGenerations(
  { generations, clock }: SweepDeps,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<Swept[]> {
  const live = {
    coins: await generations.live("coins"),
    index: await generations.live("index"),
  };
  const now = clock.now();
  const swept: Swept[] = [];
  for (const one of await generations.list()) {
    const { table, generation, oldSince } = one;
    const inUse = live[one.kind];
    if (generation === inUse) swept.push({ table, state: "live" });
    else if (inUse === undefined) swept.push({ table, state: "unknown" });
    else if (generation > inUse) swept.push({ table, state: "newer" });
    else if (generation === FIRST_GENERATION) swept.push({ table, state: "stack" });
    else if (oldSince === undefined) {
      if (!dryRun) await generations.noteOld(one);
      swept.push({ table, state: "waits", until: now + OLD_SECONDS });
    } else if (now - oldSince < OLD_SECONDS) {
      swept.push({ table, state: "waits", until: oldSince + OLD_SECONDS });
    } else {
      if (!dryRun) await generations.drop(one);
      swept.push({ table, state: "dropped" });
    }
  }
  return swept;
}

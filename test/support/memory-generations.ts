import type { Clock } from "#shared/ports/clock.ts";
import type { GenerationNote, Generations } from "#shared/ports/generations.ts";

/** The port over a Map; what a store of coins says by itself is not in it. */
export function createMemoryGenerations(
  clock: Pick<Clock, "now">,
): Generations & { readonly notes: Map<number, GenerationNote> } {
  const notes = new Map<number, GenerationNote>();
  return {
    notes,
    get: async (generation) => notes.get(generation),
    noteOld: async (generation) => {
      const assumed = notes.get(generation)?.assumed ?? false;
      notes.set(generation, { state: "old", at: clock.now(), assumed });
    },
    noteAssumed: async (generation, assumed) => {
      notes.set(generation, {
        state: "loaded",
        at: clock.now(),
        ...notes.get(generation),
        assumed,
      });
    },
  };
}

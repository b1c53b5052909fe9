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
    noteLoaded: async (generation, assumed) =>
      void notes.set(generation, { state: "loaded", at: clock.now(), assumed }),
    async noteConfirmed(generation) {
      const known = notes.get(generation);
      if (known !== undefined) notes.set(generation, { ...known, assumed: false });
    },
  };
}

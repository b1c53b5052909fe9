import type { Clock } from "#shared/ports/clock.ts";
import type { GenerationNote, Generations } from "#shared/ports/generations.ts";

const NOTHING_SAID: GenerationNote = {
  state: "filling",
  at: 0,
  assumed: false,
  refuted: false,
  digest: undefined,
};

/** The port over a Map; what a store of coins says by itself is not in it. */
export function createMemoryGenerations(
  clock: Pick<Clock, "now">,
): Generations & { readonly notes: Map<number, GenerationNote> } {
  const notes = new Map<number, GenerationNote>();
  const change = (generation: number, told: Partial<GenerationNote>) => {
    const known = notes.get(generation) ?? NOTHING_SAID;
    notes.set(generation, { ...known, ...told });
  };
  return {
    notes,
    get: async (generation) => notes.get(generation),
    noteOld: async (generation) => change(generation, { state: "old", at: clock.now() }),
    noteLoaded: async (generation, set) =>
      change(generation, { state: "loaded", at: clock.now(), ...set }),
    noteConfirmed: async (generation) => change(generation, { assumed: false }),
    noteRefuted: async (generation) => change(generation, { refuted: true }),
  };
}

import type { HashHex } from "#shared/primitives/brand.ts";

/** How far a generation of coins is. @source cloud.md 3.1 `G#` */
export type GenerationState = "filling" | "loaded" | "old" | "dropped";

/** What was said of a generation last. */
export interface GenerationNote {
  readonly state: GenerationState;
  /** Unix seconds. */
  readonly at: number;
  /** Whether its coins came from a snapshot that no replay from genesis has confirmed yet. */
  readonly assumed: boolean;
  /** Whether a replay came to other coins, or to a block that does not stand: no other one is tried. */
  readonly refuted: boolean;
  /** Set hash of the coins that it was filled with; `undefined` for one that was never filled. */
  readonly digest: HashHex | undefined;
}

/** What a generation was filled with. */
export type FilledSet = Pick<GenerationNote, "assumed"> & { readonly digest: HashHex };

/** Longer than any reader that began in an old generation goes on in it. @source cloud.md 5.4 */
export const OLD_SECONDS = 86_400;

/**
 * The generation that a city is made with. Its tables are never deleted, only out of use: they belong to
 * a stack, and CloudFormation neither changes a table that is gone nor takes such a change back.
 *
 * @source CloudFormation User Guide, "Continue rolling back an update"
 */
export const FIRST_GENERATION = 0;

/**
 * What became of the generations of a city's coins: told by whoever fills, replaces or deletes one, for
 * whoever sweeps. Nothing is read by it: which one is in use, the tip says.
 *
 * Implementation: `adapters/aws/dynamo-generations.ts`. Every method throws StoreFault when the
 * world failed.
 */
export interface Generations {
  /** @returns `undefined` for one of which nobody said anything */
  get(generation: number): Promise<GenerationNote | undefined>;
  /** Say that another one is in use now. */
  noteOld(generation: number): Promise<void>;
  /** Say that all its coins are there, which they are, and whether they are only assumed. */
  noteLoaded(generation: number, set: FilledSet): Promise<void>;
  /** Say that they are more than assumed. */
  noteConfirmed(generation: number): Promise<void>;
  /** Say that they are not what the blocks make. */
  noteRefuted(generation: number): Promise<void>;
}

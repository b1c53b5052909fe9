import type { HashHex } from "#shared/primitives/brand.ts";

/** A set that lies in a city's bucket. */
export interface PublishedSet {
  readonly height: number;
  readonly muhash: HashHex;
}

/** What one city counted at a block. */
export interface CountedDigest {
  readonly city: string;
  /** `undefined`: it noted nothing there, or could not be asked. */
  readonly muhash: HashHex | undefined;
}

/** Where is asked. */
export interface WitnessDeps {
  /** The highest first. */
  published(): Promise<readonly PublishedSet[]>;
  /** Of every city, at the end of the segment that ends at this height. */
  digestsAt(height: number): Promise<readonly CountedDigest[]>;
}

/** A set, and who counted the same at its block. */
export interface WitnessedSet extends PublishedSet {
  readonly witnesses: readonly string[];
}

/** Cities that must have counted the same. @source cloud.md 5.4 "Trust" */
export const WITNESSES_MIN = 3;

/**
 * The newest set whose hash three cities came to by blocks that they judged themselves; a city whose
 * own set is only assumed notes none.
 *
 * @returns `undefined` where there is none
 */
export async function findWitnessed(deps: WitnessDeps): Promise<WitnessedSet | undefined> {
  for (const { height, muhash } of await deps.published()) {
    const counted = await deps.digestsAt(height);
    const witnesses = counted.filter((one) => one.muhash === muhash).map(({ city }) => city);
    // Where one of them counted another set, a bug is nearer than a load.
    const isDisputed = counted.some((one) => one.muhash !== undefined && one.muhash !== muhash);
    if (witnesses.length >= WITNESSES_MIN && !isDisputed) return { height, muhash, witnesses };
  }
  return undefined;
}

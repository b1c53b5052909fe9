/** What is remembered of a city between two sweeps. */
export interface SeenBefore {
  readonly city: string;
  readonly ready: boolean;
}

/** What a sweep found. */
export interface FoundNow {
  readonly city: string;
  readonly ready: boolean;
  /** Whether it answered at all. */
  readonly reached: boolean;
}

/**
 * Who is in rotation after a sweep: who was unreachable once, or unready twice in a row, is not.
 * @source cloud.md 7.3
 */
export function rotationAfter(
  before: readonly SeenBefore[],
  now: readonly FoundNow[],
): ReadonlyMap<string, boolean> {
  const unready = new Set(before.filter(({ ready }) => !ready).map(({ city }) => city));
  return new Map(
    now.map(({ city, ready, reached }) => [city, reached && (ready || !unready.has(city))]),
  );
}

/** The middle of the samples, the upper one of two. */
export function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[samples.length >> 1] ?? Number.NaN;
}

/** How long one run takes. */
export function secondsOf(run: () => void): number {
  const started = performance.now();
  run();
  return (performance.now() - started) / 1000;
}

/**
 * Median seconds of each case, where every round runs every case once: a slow moment of the machine
 * meets all of them, so that their ratios hold where the figures do not.
 */
export function medianSeconds<Name extends string>(
  cases: Readonly<Record<Name, () => void>>,
  rounds: number,
): Record<Name, number> {
  const samples = Object.entries<() => void>(cases).map(([name, run]) => ({
    name,
    run,
    seconds: [] as number[],
  }));
  for (let round = 0; round < rounds; round++) {
    for (const { run, seconds } of samples) seconds.push(secondsOf(run));
  }
  const rows = samples.map(({ name, seconds }) => [name, median(seconds)]);
  // The names are those that came in.
  return Object.fromEntries(rows) as Record<Name, number>;
}

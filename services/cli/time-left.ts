/** How many samples the mean remembers, and how many it takes before it speaks. */
const MEMORY = 10;
const SAMPLES_MIN = 3;
/** Shortest time between two samples, in milliseconds. */
const SAMPLE_MS = 1_000;
/** Relative spread of the samples above which one number would pretend too much. */
const SPREAD_MAX = 0.25;

export interface TimeLeft {
  /** Note how far the work is. @param percent 0 to 100, never falling */
  note(percent: number, elapsedMs: number): void;
  /** `6 min left`, `4 to 9 min left`, or nothing while too little was seen. */
  text(): string | undefined;
}

/** An exponential mean of the speed and of its spread. @source interfaces.md 4, "Long work" */
export function createTimeLeft(): TimeLeft {
  const weight = 2 / (MEMORY + 1);
  let last: { readonly percent: number; readonly at: number } | undefined;
  let samples = 0;
  let mean = 0;
  let spread = 0;

  return {
    note(percent, elapsedMs) {
      last ??= { percent, at: elapsedMs };
      const passed = elapsedMs - last.at;
      if (passed < SAMPLE_MS) return;
      const rate = (percent - last.percent) / passed;
      last = { percent, at: elapsedMs };
      samples++;
      if (samples === 1) mean = rate;
      spread += weight * (Math.abs(rate - mean) - spread);
      mean += weight * (rate - mean);
    },
    text() {
      if (last === undefined || samples < SAMPLES_MIN || mean <= 0) return undefined;
      const milliseconds = (100 - last.percent) / mean;
      const relative = Math.min(spread / mean, 0.9);
      if (relative <= SPREAD_MAX) return `${duration(milliseconds)} left`;
      const [least, most] = [milliseconds / (1 + relative), milliseconds / (1 - relative)];
      return `${duration(least)} to ${duration(most)} left`;
    },
  };
}

const UNITS: readonly (readonly [name: string, milliseconds: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
];

/** A time as a person says it: the largest unit of which there are two. */
export function duration(milliseconds: number): string {
  for (const [name, unit] of UNITS) {
    if (milliseconds >= 2 * unit) return `${Math.round(milliseconds / unit)} ${name}`;
  }
  return `${Math.max(0, Math.round(milliseconds / 1_000))} s`;
}

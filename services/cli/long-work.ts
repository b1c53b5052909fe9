import type { Terminal } from "#services/cli/command.ts";
import { createTimeLeft, duration } from "#services/cli/time-left.ts";

/** Width of the bar on a terminal, in characters. */
const BAR = 12;

export interface LongWorkOptions {
  readonly terminal: Terminal;
  /** First word of the line; a log gets a line whenever it changes. */
  readonly phase: string;
  readonly elapsedMs: () => number;
}

/** The one display of everything that takes long. @source interfaces.md 4, "Long work" */
export interface LongWork {
  /** @param percent by work, 0 to 100 @param numbers the phase's own, rates first */
  show(percent: number, numbers: readonly string[]): void;
}

export function createLongWork({ terminal, phase, elapsedMs }: LongWorkOptions): LongWork {
  const left = createTimeLeft();
  let highest = 0;
  return {
    show(percent, numbers) {
      // Work that is found on the way may not take back what was shown.
      highest = Math.max(highest, Math.min(100, percent));
      left.note(highest, elapsedMs());
      const filled = Math.floor((highest / 100) * BAR);
      const bar = terminal.interactive ? ` [${"#".repeat(filled).padEnd(BAR, "·")}]` : "";
      const parts = [`${phase}${bar} ${Math.floor(highest)} %`, ...numbers];
      const time = left.text();
      if (time !== undefined) parts.splice(Math.min(3, parts.length), 0, time);
      terminal.status(parts.join(" · "));
    },
  };
}

/** A count or a rate with thin groups: `1,240`. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** How old something is, in the largest fitting unit. */
export function age(seconds: number): string {
  return duration(Math.max(0, seconds) * 1_000);
}

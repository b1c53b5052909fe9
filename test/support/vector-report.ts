/** What became of the cases of one file of the shared vectors, or of one key of it. */
export interface VectorRow {
  /** Path below the vectors' folder; a key of it after `#`; the dialect after a space. */
  readonly name: string;
  readonly run: number;
  readonly skipped?: { readonly count: number; readonly reason: string };
}

/** Prints a row of the table of vectors: every suite that runs some prints its own. */
export function reportVectors({ name, run, skipped }: VectorRow): void {
  const cases = run + (skipped?.count ?? 0);
  const numbers = [cases, run, skipped?.count ?? 0].map((count) => String(count).padStart(6));
  const line = `vectors ${name.padEnd(50)} cases ${numbers[0]} run ${numbers[1]} skipped ${numbers[2]}`;
  process.stdout.write(`${line}${skipped === undefined ? "" : `  ${skipped.reason}`}\n`);
}

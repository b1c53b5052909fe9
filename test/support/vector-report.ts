import { appendFileSync } from "node:fs";

/** What became of the cases of one file of the shared vectors, or of one key of it. */
export interface VectorRow {
  /** Path below the vectors' folder; a key of it after `#`; the dialect after a space. */
  readonly name: string;
  readonly run: number;
  readonly skipped?: { readonly count: number; readonly reason: string };
}

/** Where rows are collected for one table; unset, each is printed at once. */
export const VECTOR_ROWS_FILE = "VECTOR_ROWS_FILE";

/** Adds a row to the table of vectors: every suite that runs some adds its own. */
export function reportVectors(row: VectorRow): void {
  const file = process.env[VECTOR_ROWS_FILE];
  if (file === undefined) process.stdout.write(`vectors: ${lineOf(row)}\n`);
  else appendFileSync(file, `${JSON.stringify(row)}\n`);
}

function lineOf({ name, run, skipped }: VectorRow): string {
  const count = skipped?.count ?? 0;
  const [cases, done, left] = [run + count, run, count].map((value) => String(value).padStart(6));
  const line = `${name.padEnd(48)} ${cases} cases ${done} run ${left} skipped`;
  return skipped === undefined ? line : `${line}: ${skipped.reason}`;
}

/** The table of these rows, sorted, one line each. @param rows a line of JSON each */
export function vectorTable(rows: string): string {
  const lines = rows.split("\n").filter((line) => line !== "");
  return lines
    .map((line) => lineOf(JSON.parse(line)))
    .sort()
    .map((line) => `${line}\n`)
    .join("");
}

/** One failure that a person or a program can meet, by its stable code `EXOS-E####`. */
export interface ErrorRow {
  /** HTTP status of an answer that carries it. */
  readonly status: number;
  /** A few words, the same for every occurrence. */
  readonly title: string;
  /** What happened. The occurrence adds the file, height, field or limit. */
  readonly sentence: string;
  /** What to do next. */
  readonly hint: string;
}

/** Rows by their codes. */
export type ErrorRows = Readonly<Record<`EXOS-E${number}`, ErrorRow>>;

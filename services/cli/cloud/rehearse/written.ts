/** What a run writes, by where it ends up. */
export const WRITTEN_KINDS = [
  "items",
  "objects",
  "messages",
  "log lines",
  "stacks",
  "settings",
  "parameters",
  "files",
  "images",
  "lines printed",
] as const;
export type WrittenKind = (typeof WRITTEN_KINDS)[number];

/** One thing that a run wrote. */
export interface Written {
  readonly kind: WrittenKind;
  /** Exactly where, for whoever has to look: a table and its key, a bucket and its object, a path. */
  readonly place: string;
  readonly bytes: Uint8Array;
}

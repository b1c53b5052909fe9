import type { Place } from "#shared/ports/page-cursor.ts";
import { binary } from "./dynamo-item.ts";
import { decodeEntry, type IndexEntry, joinEntries } from "./index-entry-codec.ts";
import { beforeHeight, beforePlace } from "./index-keys.ts";
import type { IndexView } from "./index-session.ts";

/** Which entries of an owner are wanted, and in which order. */
export interface EntryRange {
  /** The owner's partition. */
  readonly part: Uint8Array;
  /** Lowest height, inclusive. */
  readonly from: number;
  /** Highest height, inclusive. */
  readonly to: number;
  /** Only what stands below this place. */
  readonly after?: Pick<Place, "height" | "position">;
  readonly descending: boolean;
  /** Entries read at once, for who may stop early. */
  readonly pageItems?: number;
}

/** Entries that are looked up on the chain together: as many groups of hashes at the worst, 2 KB each. */
const CHECKED_AT_ONCE = 500;
/** Ins and outs of them, some 100 bytes each. */
const MOVES_AT_ONCE = 20_000;

/** Entries of the chain that answers speak of, each whole. */
export async function* activeEntries(
  { table, chain }: IndexView,
  range: EntryRange,
): AsyncGenerator<IndexEntry> {
  for await (const some of gathered(wholeEntries({ table }, range), range)) {
    const active = await Promise.all(some.map((entry) => chain.has(entry)));
    for (const [at, entry] of some.entries()) if (active[at] === true) yield entry;
  }
}

/** A few at a time; no more than one request brings to who may stop early. */
async function* gathered(
  entries: AsyncIterable<IndexEntry>,
  { pageItems = CHECKED_AT_ONCE }: EntryRange,
): AsyncGenerator<readonly IndexEntry[]> {
  let some: IndexEntry[] = [];
  let moves = 0;
  for await (const entry of entries) {
    some.push(entry);
    moves += entry.ins.length + entry.outs.length;
    if (some.length < Math.min(pageItems, CHECKED_AT_ONCE) && moves < MOVES_AT_ONCE) continue;
    yield some;
    some = [];
    moves = 0;
  }
  if (some.length > 0) yield some;
}

/** Entries of every branch, the shares of large ones joined. */
async function* wholeEntries(
  { table }: Pick<IndexView, "table">,
  { part, from, to, after, descending, pageItems }: EntryRange,
): AsyncGenerator<IndexEntry> {
  // A range that ends before it begins is refused by the table.
  if (from > to || (after !== undefined && after.height < from)) return;
  const below =
    after !== undefined && after.height <= to ? beforePlace(after) : beforeHeight(to + 1);
  // No entry has the key of a bound: bounds are shorter.
  const where = {
    text: "#pk = :pk AND #sk BETWEEN :from AND :below",
    values: { pk: binary(part), from: binary(beforeHeight(from)), below: binary(below) },
  };
  let open: IndexEntry | undefined;
  const query = { where, descending, ...(pageItems !== undefined && { pageItems }) };
  for await (const item of table.query(query)) {
    const entry = decodeEntry(item);
    if (open !== undefined && isSame(open, entry)) {
      open = descending ? joinEntries(entry, open) : joinEntries(open, entry);
      continue;
    }
    if (open !== undefined) yield open;
    open = entry;
  }
  if (open !== undefined) yield open;
}

function isSame(a: IndexEntry, b: IndexEntry): boolean {
  return a.height === b.height && a.position === b.position && a.hash === b.hash;
}

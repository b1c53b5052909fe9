import { Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import { parseBase64Url, toBase64Url } from "#shared/primitives/base64url.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import type { IndexPoint, Page, PageQuery } from "./address-index.ts";

/** Where an item stands in its list, which runs from the highest down. */
export interface Place {
  readonly height: number;
  readonly position: number;
  /** Output index; 0 where the list is of transactions. */
  readonly index: number;
}

/** What a cursor says: the block the list speaks of, and the last item that was seen. */
export interface PageCursor {
  readonly at: HashHex;
  readonly after: Place;
}

const CURSOR_BYTES = 44;

/** The text that a caller hands back for the next page. */
export function encodePageCursor({ at, after }: PageCursor): string {
  const bytes = new Writer(CURSOR_BYTES)
    .bytes(fromHashHex(at))
    .u32(after.height)
    .u32(after.position)
    .u32(after.index)
    .finish();
  return toBase64Url(bytes);
}

/** @returns `undefined` for any text that `encodePageCursor` does not make */
export function decodePageCursor(text: string): PageCursor | undefined {
  const bytes = parseBase64Url(text);
  if (bytes?.length !== CURSOR_BYTES) return undefined;
  const reader = new Reader(bytes);
  const at = toHashHex(reader.hash());
  return { at, after: { height: reader.u32(), position: reader.u32(), index: reader.u32() } };
}

/** Whether `a` comes after `b` in a list that runs from the highest down. */
export function comesAfter(a: Place, b: Place): boolean {
  if (a.height !== b.height) return a.height < b.height;
  if (a.position !== b.position) return a.position < b.position;
  return a.index < b.index;
}

/** The place of an item that stands before every other. */
export const BEFORE_ALL: Place = {
  height: 0xffff_ffff,
  position: 0xffff_ffff,
  index: 0xffff_ffff,
};

/** Cut a page out of what was found, of which one more than asked says that the list goes on. */
export function pageOf<Item>(
  found: readonly Item[],
  { limit }: Pick<PageQuery, "limit">,
  at: IndexPoint,
  placeOf: (item: Item) => Place,
): Page<Item> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > limit && last !== undefined;
  const next = more ? encodePageCursor({ at: at.hash, after: placeOf(last) }) : undefined;
  return { items, next, at };
}

/** @throws RangeError unless a page of 1 to 200 is asked for */
export function checkPageLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) throw new RangeError("limit of a page");
}

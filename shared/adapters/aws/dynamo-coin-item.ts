import type { CoinContent, CoinItem, ItemMarks, Spend } from "#shared/coins/coin-item.ts";
import {
  type CoinKey,
  decodeCoinKey,
  encodeCoinKey,
  SLOTS_PER_ITEM,
} from "#shared/coins/coin-key.ts";
import type { Mark } from "#shared/coins/mark.ts";
import { shortenScripts } from "#shared/coins/pack-outputs.ts";
import { sha256 } from "#shared/crypto/hashes.ts";
import { type HashHex, height, unixSeconds } from "#shared/primitives/brand.ts";
import type { CoinKind } from "#shared/primitives/coin.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import type { DynamoExpression } from "./dynamo-expression.ts";
import {
  binary,
  binarySet,
  brokenItem,
  bytesOf,
  type DynamoItem,
  hashHexOf,
  numberOf,
  numeric,
  setOf,
} from "./dynamo-item.ts";

/** Bytes of a mark: u32 height, big-endian, then the whole block hash in wire order. */
export const MARK_BYTES = 36;

/** In this order `f` numbers them. */
const KINDS: readonly CoinKind[] = ["ordinary", "coinbase", "coinstake"];

/** A base mark comes out as `u32 height ‖ ff×32`, since that is what stands for its hash. */
export function encodeMark(mark: Mark): Uint8Array {
  const bytes = new Uint8Array(MARK_BYTES);
  new DataView(bytes.buffer).setUint32(0, mark.height);
  bytes.set(fromHashHex(mark.hash), 4);
  return bytes;
}

/** @throws StoreFault unless there are 36 bytes */
export function decodeMark(bytes: Uint8Array): Mark {
  if (bytes.length !== MARK_BYTES) throw brokenItem(`a mark of ${bytes.length} bytes`);
  const at = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  return { height: height(at), hash: hashHexOf(bytes.subarray(4)) };
}

/** The key of a coin item. */
export function coinItemKey(key: CoinKey): DynamoItem {
  return { k: binary(encodeCoinKey(key)) };
}

/** @throws StoreFault when the item has no key of a coin */
export function coinKeyOfItem(item: DynamoItem): CoinKey {
  return decodeCoinKey(bytesOf(item, "k"));
}

/**
 * The one way an item is ever written: content that anybody may write again, and marks that join
 * the sets. Scripts over 10,000 bytes are left as their hash, since an item ends at 400 KB.
 *
 * @returns `undefined` when the marks say nothing
 * @source cloud.md 3.2
 */
export function marksExpression({ mark, created, spent }: ItemMarks): DynamoExpression | undefined {
  if (created === undefined && spent === 0) return undefined;
  const adds: string[] = created === undefined ? [] : ["#c :m"];
  for (let slot = 0; slot < SLOTS_PER_ITEM; slot++) {
    if ((spent & (1 << slot)) !== 0) adds.push(`#x${slot} :m`);
  }
  const add = `ADD ${adds.join(", ")}`;
  const m = binarySet([encodeMark(mark)]);
  if (created === undefined) return { text: add, values: { m } };
  const values = { m, ...contentAttributes(created) };
  return { text: `SET #o = :o, #t = :t, #f = :f ${add}`, values };
}

/**
 * The same as the attributes of an item that nobody wrote before, for an import into a new table.
 *
 * @throws RangeError when the marks create nothing: then they are not all there is of the item
 */
export function importedCoinItem({ mark, created, spent }: ItemMarks): DynamoItem {
  if (created === undefined) throw new RangeError("an imported coin item has outputs");
  const m = binarySet([encodeMark(mark)]);
  const spends = Array.from({ length: SLOTS_PER_ITEM }, (_, slot) => slot).filter(
    (slot) => (spent & (1 << slot)) !== 0,
  );
  return {
    ...contentAttributes(created),
    c: m,
    ...Object.fromEntries(spends.map((slot) => [`x${slot}`, m])),
  };
}

function contentAttributes({ outputs, time, kind }: CoinContent): DynamoItem {
  return {
    o: binary(shortenScripts(outputs, sha256)),
    t: numeric(time),
    f: numeric(KINDS.indexOf(kind)),
  };
}

/** @throws StoreFault when the item is not what `marksExpression` made of one */
export function decodeCoinItem(item: DynamoItem): CoinItem {
  const content = item["o"] === undefined ? undefined : contentOf(item);
  return { content, creators: setOf(item, "c").map(decodeMark), spends: spendsOf(item) };
}

function contentOf(item: DynamoItem): CoinContent {
  const kind = KINDS[numberOf(item, "f")];
  if (kind === undefined) throw brokenItem(`a coin of kind ${numberOf(item, "f")}`);
  return { outputs: bytesOf(item, "o"), time: unixSeconds(numberOf(item, "t")), kind };
}

/** One entry a block, as every store has them: the sets name each block once a slot. */
function spendsOf(item: DynamoItem): Spend[] {
  const spends = new Map<string, { readonly mark: Mark; slots: number }>();
  for (let slot = 0; slot < SLOTS_PER_ITEM; slot++) {
    for (const mark of setOf(item, `x${slot}`).map(decodeMark)) {
      const name: `${number}:${HashHex}` = `${mark.height}:${mark.hash}`;
      const known = spends.get(name);
      if (known === undefined) spends.set(name, { mark, slots: 1 << slot });
      else known.slots |= 1 << slot;
    }
  }
  return [...spends.values()];
}

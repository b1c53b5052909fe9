import type { NextTip, Tip } from "#shared/coins/tip.ts";
import { FROZEN_GROUP, type FrozenGroup } from "#shared/coins/view.ts";
import { type HashHex, height } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import { chainKey } from "./chain-key.ts";
import {
  binary,
  brokenItem,
  bytesOf,
  type DynamoItem,
  hashHexOf,
  numberOf,
  numeric,
  optionalBytesOf,
} from "./dynamo-item.ts";
import { decodeWork, encodeWork } from "./work-bytes.ts";

const HASH_BYTES = 32;

/** Where the tip is. */
export const TIP_KEY: DynamoItem = chainKey("TIP");

/** Who wrote a tip and when: 16 random bytes, seconds. */
export interface Written {
  readonly by: Uint8Array;
  readonly at: number;
}

function encodeHashes(hashes: readonly HashHex[]): Uint8Array {
  const bytes = new Uint8Array(HASH_BYTES * hashes.length);
  for (const [at, hash] of hashes.entries()) bytes.set(fromHashHex(hash), HASH_BYTES * at);
  return bytes;
}

function decodeHashes(bytes: Uint8Array): HashHex[] {
  if (bytes.length % HASH_BYTES !== 0) throw brokenItem(`hashes of ${bytes.length} bytes`);
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, at) =>
    hashHexOf(bytes.subarray(HASH_BYTES * at, HASH_BYTES * (at + 1))),
  );
}

/** The tip as the table holds it: 17 to 19 KB with a window of 500 blocks. @source cloud.md 3.1 */
export function tipItem({ tip }: NextTip, { by, at }: Written): DynamoItem {
  return {
    ...TIP_KEY,
    rev: numeric(tip.rev),
    gen: numeric(tip.gen),
    floor: numeric(tip.floor),
    height: numeric(tip.height),
    hash: binary(fromHashHex(tip.hash)),
    work: binary(encodeWork(tip.work)),
    final: numeric(tip.final),
    base: numeric(tip.base),
    win: binary(encodeHashes(tip.win)),
    ...(tip.mu !== undefined && { mu: binary(tip.mu) }),
    by: binary(by),
    at: numeric(at),
  };
}

/** @throws StoreFault when the item is none of `tipItem`; `checkTip` judges the rest */
export function decodeTipItem(item: DynamoItem): Tip {
  return {
    rev: numberOf(item, "rev"),
    gen: numberOf(item, "gen"),
    floor: height(numberOf(item, "floor")),
    height: height(numberOf(item, "height")),
    hash: hashHexOf(bytesOf(item, "hash")),
    work: decodeWork(bytesOf(item, "work")),
    final: height(numberOf(item, "final")),
    base: height(numberOf(item, "base")),
    win: decodeHashes(bytesOf(item, "win")),
    mu: optionalBytesOf(item, "mu"),
  };
}

/** Key of a frozen group: its number in 8 digits. */
export function frozenKey(group: number): DynamoItem {
  return chainKey(`F#${String(group).padStart(8, "0")}`);
}

/** A frozen group as the table holds it: 2 KB. */
export function frozenItem({ group, hashes }: FrozenGroup): DynamoItem {
  return { ...frozenKey(group), ids: binary(encodeHashes(hashes)) };
}

/** @throws StoreFault unless there are 64 hashes */
export function decodeFrozenItem(item: DynamoItem): readonly HashHex[] {
  const hashes = decodeHashes(bytesOf(item, "ids"));
  if (hashes.length !== FROZEN_GROUP) throw brokenItem(`${hashes.length} frozen hashes`);
  return hashes;
}

/**
 * Keys of the table `index-g<n>`: numbers big-endian, so that order is by height, then by position.
 * Positions have four bytes, because coins that a history begins with have places too: the number
 * under which they came.
 *
 * @source cloud.md 3.3
 * @module
 */
import { sha256 } from "#shared/crypto/hashes.ts";
import type { IndexPoint } from "#shared/ports/address-index.ts";
import type { Place } from "#shared/ports/page-cursor.ts";
import { type Hash256, type HashHex, height } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import { ownerScript } from "#shared/script/owner-script.ts";
import { binary, type DynamoItem } from "./dynamo-item.ts";

const SCRIPT = 1;
const TRANSACTION = 2;
const ROW = 3;
const BASE = 4;
const PROGRESS = 5;

/** Heights of block rows in one partition. */
export const ROWS_OF_PART = 1_024;
/** Sorts after every height. */
export const SUMMARY_SORT = Uint8Array.of(0xff);
const ONLY = Uint8Array.of(0);

const ENTRY_BYTES = 40;

/** Where an entry stands: a transaction of a block. */
export interface EntryPlace extends IndexPoint, Pick<Place, "position"> {}

/** What the index tells owners apart by: 32 bytes. @returns `undefined` for the empty script */
export function ownerHash(script: Uint8Array): Uint8Array | undefined {
  return script.length === 0 ? undefined : sha256(ownerScript(script));
}

/** Partition of an owner. */
export function ownerPart(owner: Uint8Array): Uint8Array {
  return Uint8Array.of(SCRIPT, ...owner);
}

/** Partition of a transaction: the blocks that hold it. */
export function transactionPart(txid: Hash256): Uint8Array {
  return Uint8Array.of(TRANSACTION, ...txid);
}

/** Partition of a block's row. */
export function rowPart(at: number): Uint8Array {
  return Uint8Array.of(ROW, ...u32(Math.floor(at / ROWS_OF_PART)));
}

/** Key of a block's row. */
export function rowKey({ height: at, hash }: IndexPoint): DynamoItem {
  return keyOf(rowPart(at), Uint8Array.of(...u32(at), ...fromHashHex(hash)));
}

/** Key of how much is written of a block that has more items than one run may have time for. */
export function progressKey({ height: at, hash }: IndexPoint): DynamoItem {
  return keyOf(Uint8Array.of(PROGRESS), Uint8Array.of(...u32(at), ...fromHashHex(hash)));
}

/** Key of the first block, in a table whose history does not begin with genesis. */
export const BASE_KEY: DynamoItem = keyOf(Uint8Array.of(BASE), ONLY);

/** Sort key of an entry. @param part of its ins and outs, where one item does not hold them all */
export function entrySort({ height: at, position, hash }: EntryPlace, part = 0): Uint8Array {
  const place = Uint8Array.of(...u32(at), ...u32(position), ...fromHashHex(hash));
  return part === 0 ? place : Uint8Array.of(...place, part);
}

/** @throws RangeError when the bytes are none */
export function decodeEntrySort(bytes: Uint8Array): EntryPlace {
  if (bytes.length < ENTRY_BYTES) throw new RangeError(`entry key of ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return {
    height: height(view.getUint32(0)),
    position: view.getUint32(4),
    hash: hashAt(bytes, 8),
  };
}

/** A bound that stands before every entry of this place, and after those of places below it. */
export function beforePlace({ height: at, position }: Pick<Place, "height" | "position">) {
  return Uint8Array.of(...u32(at), ...u32(position));
}

/** The same for a height. */
export function beforeHeight(at: number): Uint8Array {
  return u32(at);
}

export function keyOf(part: Uint8Array, sort: Uint8Array): DynamoItem {
  return { pk: binary(part), sk: binary(sort) };
}

/** A hash that begins at some byte. */
export function hashAt(bytes: Uint8Array, at: number): HashHex {
  // Thirty-two bytes of a key that this file has made.
  return toHashHex(bytes.subarray(at, at + 32) as Hash256);
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

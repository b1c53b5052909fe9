/**
 * Tables of keys seen lately, since keys come again: a wallet spends what it was paid. A key found
 * saves its square root and the making of its table, 18 % of a verification. Whoever chooses keys to
 * collide here makes us as slow as without it.
 *
 * 256 sets of four, by a byte of x; in a full set the oldest gives way. An entry is found by all bytes
 * of the key, so it cannot stand for another.
 * @module
 */
import { FE } from "./field";
import { keyX, keyY, parseKey, parseTwoCompressed } from "./key";
import { KEY_TABLE_BYTES, makeKeyTable } from "./tables";

const SETS: usize = 256;
const WAYS: usize = 4;
/** The byte of an encoded key by which it is sorted in: one of the middle of x. */
const AT_SORT: usize = 20;

/** An entry: the table, the length of the key, its bytes up to 65. */
const AT_LENGTH: usize = KEY_TABLE_BYTES;
const AT_BYTES: usize = AT_LENGTH + 8;
const ENTRY: usize = (AT_BYTES + 65 + 63) & ~63;

let entries: usize = 0;
/** Which entry of each set gives way next. */
const next = memory.data(256);

export function keyCacheBytes(): usize {
  return SETS * WAYS * ENTRY;
}

/** Use so many bytes at `at`, which are zero. */
export function setKeyCache(at: usize): void {
  entries = at;
}

/** @returns the table of the key, good until the next call, or 0 where these bytes are no key */
export function prepareKey(bytes: usize, length: i32): usize {
  const entry = findKey(bytes, length);
  if (entry != 0) return entry;
  return parseKey(bytes, length) ? keepKey(0, bytes, length) : 0;
}

/**
 * Prepare two compressed keys at once, for `prepareKey` to find them. Nothing comes of what is no
 * key, and where the second takes the place of the first, the first is only made again.
 */
export function prepareTwoCompressed(first: usize, second: usize, length: i32): void {
  const keys = parseTwoCompressed(first, second);
  if (keys & 1) keepKey(0, first, length);
  if (keys & 2) keepKey(FE, second, length);
}

/** @returns the entry of the key, 0 where it is not here */
export function findKey(bytes: usize, length: i32): usize {
  const set = setOf(bytes);
  for (let entry = set; entry < set + WAYS * ENTRY; entry += ENTRY) {
    if (isKeyOf(entry, bytes, length)) return entry;
  }
  return 0;
}

@inline
function setOf(bytes: usize): usize {
  return entries + <usize>load<u8>(bytes, AT_SORT) * (WAYS * ENTRY);
}

/** Keep the key that was parsed to `at` of `keyX` and `keyY`. @returns its entry */
function keepKey(at: usize, bytes: usize, length: i32): usize {
  const turn = next + <usize>load<u8>(bytes, AT_SORT);
  const way = <usize>load<u8>(turn);
  store<u8>(turn, (way + 1) & (WAYS - 1));
  const entry = setOf(bytes) + way * ENTRY;
  makeKeyTable(entry, keyX + at, keyY + at);
  store<i32>(entry + AT_LENGTH, length);
  memory.copy(entry + AT_BYTES, bytes, length);
  return entry;
}

/** No key has no bytes, which is what an empty entry has. */
function isKeyOf(entry: usize, bytes: usize, length: i32): bool {
  if (length == 0 || load<i32>(entry + AT_LENGTH) != length) return false;
  const own = entry + AT_BYTES;
  let at: usize = 0;
  for (; at + 8 <= <usize>length; at += 8) {
    if (load<u64>(own + at) != load<u64>(bytes + at)) return false;
  }
  for (; at < <usize>length; at++) if (load<u8>(own + at) != load<u8>(bytes + at)) return false;
  return true;
}

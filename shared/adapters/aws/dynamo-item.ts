import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Hash256, HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

const HASH_BYTES = 32;

/** One item, or the key of one, as DynamoDB has it: attribute names to typed values. */
export type DynamoItem = Readonly<Record<string, AttributeValue>>;

/** Bytes as an attribute. */
export function binary(bytes: Uint8Array): AttributeValue {
  return { B: bytes };
}

/** A set of bytes as an attribute; never of none, which DynamoDB refuses. */
export function binarySet(members: readonly Uint8Array[]): AttributeValue {
  return { BS: [...members] };
}

/** A number as an attribute: a count, height or time, never an amount. @throws RangeError for others */
export function numeric(value: number): AttributeValue {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no safe integer`);
  return { N: String(value) };
}

/** Text as an attribute. */
export function text(value: string): AttributeValue {
  return { S: value };
}

/** What is in a table is not what we write there: the table is another's, or broken. */
export function brokenItem(what: string): StoreFault {
  return new StoreFault(`A stored item is broken: ${what}.`, {
    retryable: false,
    code: "EXOS-E8107",
  });
}

/** @returns bytes of the caller @throws StoreFault unless the attribute is there and binary */
export function bytesOf(item: DynamoItem, name: string): Uint8Array {
  return optionalBytesOf(item, name) ?? fail(name, "bytes");
}

/** @returns bytes of the caller; `undefined` where the item has no such attribute */
export function optionalBytesOf(item: DynamoItem, name: string): Uint8Array | undefined {
  const value = item[name];
  if (value === undefined) return undefined;
  // A copy of its own: the client hands out views of larger buffers, or a Buffer.
  return value.B === undefined ? fail(name, "bytes") : Uint8Array.from(value.B);
}

/** A hash as it is printed. @throws StoreFault unless there are 32 bytes, in wire order */
export function hashHexOf(bytes: Uint8Array): HashHex {
  if (bytes.length !== HASH_BYTES) throw brokenItem(`a hash of ${bytes.length} bytes`);
  return toHashHex(bytes as Hash256); // 32 bytes are one
}

/** @throws StoreFault unless the attribute is there and a safe integer */
export function numberOf(item: DynamoItem, name: string): number {
  return optionalNumberOf(item, name) ?? fail(name, "a number");
}

/** @returns `undefined` where the item has no such attribute */
export function optionalNumberOf(item: DynamoItem, name: string): number | undefined {
  const value = item[name];
  if (value === undefined) return undefined;
  const number = Number(value.N ?? Number.NaN);
  return Number.isSafeInteger(number) ? number : fail(name, "a number");
}

/** @throws StoreFault unless the attribute is there and text */
export function textOf(item: DynamoItem, name: string): string {
  return optionalTextOf(item, name) ?? fail(name, "text");
}

/** @returns `undefined` where the item has no such attribute */
export function optionalTextOf(item: DynamoItem, name: string): string | undefined {
  const value = item[name];
  if (value === undefined) return undefined;
  return value.S ?? fail(name, "text");
}

/** The members of a binary set, in no order, bytes of the caller; none where it is absent. */
export function setOf(item: DynamoItem, name: string): Uint8Array[] {
  const value = item[name];
  if (value === undefined) return [];
  return (value.BS ?? fail(name, "a set of bytes")).map((member) => Uint8Array.from(member));
}

function fail(name: string, wanted: string): never {
  throw brokenItem(`attribute ${name} is not ${wanted}`);
}

/** A key as a string that tells it from every other of its table. */
export function keyName(key: DynamoItem): string {
  const parts = Object.keys(key)
    .sort()
    .map((name) => {
      const value = key[name];
      return value?.B === undefined ? `${value?.S ?? value?.N}` : hexOf(value.B);
    });
  return parts.join(" ");
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

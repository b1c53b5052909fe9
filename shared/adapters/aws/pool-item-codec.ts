/**
 * Items of the table `pool`. Hashes in keys are printed where the key is text, in wire order where
 * it is bytes; amounts are decimal text.
 *
 * @source cloud.md 3.3
 * @module
 */
import type { PooledTransaction, PoolSummary } from "#shared/ports/pool.ts";
import {
  amount,
  type Hash256,
  type HashHex,
  type UnixSeconds,
  unixSeconds,
} from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";
import {
  binary,
  bytesOf,
  type DynamoItem,
  numberOf,
  numeric,
  optionalBytesOf,
  optionalNumberOf,
  text,
  textOf,
} from "./dynamo-item.ts";

const ONLY = Uint8Array.of(0);
const OUTPOINT_BYTES = 36;
const HASH_BYTES = 32;
/** No policy keeps a transaction longer than its two weeks: later the table sweeps it out. */
const EXPIRY_SECONDS = 15 * 86_400;

/** The partition that holds every transaction. */
export const POOL_KEY = "POOL";
export const SUMMARY_KEY: DynamoItem = { pk: text("SUM"), sk: binary(ONLY) };

/** Bytes that nobody has judged. */
export function rawKey(txid: HashHex): DynamoItem {
  return { pk: text(`RAW#${txid}`), sk: binary(ONLY) };
}

/** A transaction that was judged. */
export function transactionKey(txid: HashHex): DynamoItem {
  return { pk: text(POOL_KEY), sk: binary(fromHashHex(txid)) };
}

/** The claim on an output. */
export function claimKey({ txid, index }: Outpoint): DynamoItem {
  return { pk: text(`IN#${toHashHex(txid)}:${index}`), sk: binary(ONLY) };
}

/** Who spends an output, and since when. */
export interface ClaimItem {
  readonly txid: HashHex;
  readonly at: UnixSeconds;
}

export function encodeClaim(outpoint: Outpoint, { txid, at }: ClaimItem): DynamoItem {
  return {
    ...claimKey(outpoint),
    txid: binary(fromHashHex(txid)),
    at: numeric(at),
    exp: numeric(at + EXPIRY_SECONDS),
  };
}

/** @throws StoreFault when the item is no claim */
export function decodeClaim(item: DynamoItem): ClaimItem {
  return { txid: hashOf(bytesOf(item, "txid")), at: unixSeconds(numberOf(item, "at")) };
}

/** A transaction of 100 KB spends at most 2,500 outputs: the item stays far below 400 KB. */
export function encodePooled(transaction: PooledTransaction): DynamoItem {
  const { txid, inputs, parents, time } = transaction;
  return {
    ...transactionKey(txid),
    raw: binary(transaction.raw),
    fee: text(String(transaction.fee)),
    size: numeric(transaction.size),
    sig: numeric(transaction.sigopCost),
    time: numeric(time),
    h: numeric(transaction.height),
    ins: binary(joined(inputs.map(outpointBytes))),
    // Absent where there is none: most have none.
    ...(parents.length > 0 && { par: binary(joined(parents.map(fromHashHex))) }),
    ub: numeric(transaction.unbroadcast ? 1 : 0),
    exp: numeric(time + EXPIRY_SECONDS),
  };
}

/** @throws StoreFault when the item is no transaction of the pool */
export function decodePooled(item: DynamoItem): PooledTransaction {
  return {
    txid: hashOf(bytesOf(item, "sk")),
    raw: bytesOf(item, "raw"),
    fee: amount(BigInt(textOf(item, "fee"))),
    size: numberOf(item, "size"),
    sigopCost: numberOf(item, "sig"),
    time: unixSeconds(numberOf(item, "time")),
    height: numberOf(item, "h"),
    inputs: slices(bytesOf(item, "ins"), OUTPOINT_BYTES).map(outpointOf),
    parents: slices(optionalBytesOf(item, "par") ?? new Uint8Array(0), HASH_BYTES).map(hashOf),
    unbroadcast: numberOf(item, "ub") === 1,
  };
}

/** @param by tells this writer's item from another's with the same content */
export function encodeSummary(summary: PoolSummary, by: Uint8Array): DynamoItem {
  return {
    ...SUMMARY_KEY,
    rev: numeric(summary.rev),
    n: numeric(summary.count),
    b: numeric(summary.bytes),
    fee: text(String(summary.feeRate)),
    time: numeric(summary.feeTime),
    sink: numeric(summary.sinking ? 1 : 0),
    by: binary(by),
  };
}

/** @throws StoreFault when the item is no summary */
export function decodeSummary(item: DynamoItem): PoolSummary {
  return {
    rev: numberOf(item, "rev"),
    // Absent in what an older version wrote: whoever reads the whole pool puts it right.
    count: optionalNumberOf(item, "n") ?? 0,
    bytes: optionalNumberOf(item, "b") ?? 0,
    feeRate: BigInt(textOf(item, "fee")),
    feeTime: unixSeconds(numberOf(item, "time")),
    sinking: numberOf(item, "sink") === 1,
  };
}

function hashOf(bytes: Uint8Array): HashHex {
  // Keys and attributes of 32 bytes are written by this file alone.
  return toHashHex(bytes as Hash256);
}

function outpointBytes({ txid, index }: Outpoint): Uint8Array {
  const bytes = new Uint8Array(OUTPOINT_BYTES);
  bytes.set(txid);
  new DataView(bytes.buffer).setUint32(HASH_BYTES, index);
  return bytes;
}

function outpointOf(bytes: Uint8Array): Outpoint {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { txid: bytes.slice(0, HASH_BYTES) as Hash256, index: view.getUint32(HASH_BYTES) };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function slices(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
}

import { expect, it } from "vitest";
import { amount } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import { isCoinbase, isCoinstake } from "#shared/primitives/transaction-shape.ts";

const nothing = { txid: zeroHash(), index: 0xffff_ffff };
const something = { txid: zeroHash(), index: 0 };
const input = (prevout: typeof nothing) => ({
  prevout,
  scriptSig: new Uint8Array(0),
  sequence: 0,
  witness: [],
});
const output = (value: bigint, size = 0) => ({
  value: amount(value),
  scriptPubKey: new Uint8Array(size),
});
const shape = (
  prevouts: readonly (typeof nothing)[],
  outputs: Transaction["outputs"],
): Pick<Transaction, "inputs" | "outputs"> => ({ inputs: prevouts.map(input), outputs });

it("tells a coinbase by its one input that spends nothing, and an output", () => {
  expect(isCoinbase(shape([nothing], [output(1n)]))).toBe(true);
  expect(isCoinbase(shape([nothing], []))).toBe(false);
  expect(isCoinbase(shape([nothing, nothing], [output(1n)]))).toBe(false);
  expect(isCoinbase(shape([something], [output(1n)]))).toBe(false);
  const other = { txid: zeroHash().fill(1, 31) as typeof nothing.txid, index: 0xffff_ffff };
  expect(isCoinbase(shape([other], [output(1n)]))).toBe(false);
});

it("tells a coinstake by its empty first output of two or more, and what it spends first", () => {
  expect(isCoinstake(shape([something], [output(0n), output(5n)]))).toBe(true);
  expect(isCoinstake(shape([something, nothing], [output(0n), output(5n)]))).toBe(true);
  expect(isCoinstake(shape([nothing], [output(0n), output(5n)]))).toBe(false);
  expect(isCoinstake(shape([], [output(0n), output(5n)]))).toBe(false);
  expect(isCoinstake(shape([something], [output(0n)]))).toBe(false);
  expect(isCoinstake(shape([something], []))).toBe(false);
  expect(isCoinstake(shape([something], [output(1n), output(5n)]))).toBe(false);
  expect(isCoinstake(shape([something], [output(0n, 1), output(5n)]))).toBe(false);
});

import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import type { Dialect } from "#shared/script/machine.ts";
import { signatureHash } from "#shared/script/signature-hash.ts";
import { verifyInput } from "#shared/script/verify-input.ts";
import { scriptOfAsm } from "../../support/script-asm.ts";
import { scriptFlagsOf } from "../../support/script-flags-of.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { loadVectors } from "../../support/vectors.ts";
import { BITCOIN_WIRE } from "../../support/wires.ts";

/** Hash, index, script, and in newer suites the value in base units. */
type Prevout = readonly [string, number, string, number?];
type TransactionRow = readonly [readonly Prevout[], string, string];
type SighashRow = readonly [string, string, number, number, string];

/** Lines of a suite without its comments, which are lists of one string. */
function loadRows<T extends readonly unknown[]>(file: string): T[] | undefined {
  return loadVectors<T[]>(file)?.filter((row) => row.length > 1);
}

/** None of these suites' transactions carries a time. */
function decode(hex: string): HashedTransaction {
  const result = decodeTransaction(hexToBytes(hex), BITCOIN_WIRE);
  if (!result.ok) throw result.error;
  return result.value;
}

/** Errors of the inputs of one line, each with what it is about. */
function failures([prevouts, hex, flags]: TransactionRow, dialect: Dialect): string[] {
  const tx = decode(hex);
  const coins = new Map(
    prevouts.map(([hash, index, script, value]) => [
      `${hash}:${index >>> 0}`,
      { scriptPubKey: scriptOfAsm(script), value: BigInt(value ?? 0) },
    ]),
  );
  return tx.inputs.flatMap(({ prevout }, index) => {
    const coin = coins.get(`${toHashHex(prevout.txid)}:${prevout.index}`);
    if (coin === undefined) return [`${hex}: input ${index} spends nothing named`];
    const check = { tx, index, ...coin, flags: scriptFlagsOf(flags), dialect };
    const { error } = verifyInput({ ...check, transactionTime: false });
    return error === undefined ? [] : [`${hex}: input ${index}: ${error}`];
  });
}

describe("verifyInput", () => {
  for (const [file, dialect] of [
    ["script/pos_tx_valid.json", "exos"],
    ["bitcoin-core/tx-valid.json", "bitcoin"],
  ] as const) {
    const rows = loadRows<TransactionRow>(file);
    it.skipIf(rows === undefined)(`accepts every input of ${file}`, () => {
      expect((rows ?? []).flatMap((row) => failures(row, dialect))).toEqual([]);
      expect(rows?.length).toBeGreaterThan(100);
      reportVectors({ name: `${file} (${dialect})`, run: rows?.length ?? 0 });
    });
  }
});

describe("signatureHash", () => {
  for (const file of ["script/pos_sighash.json", "bitcoin-core/sighash-tests.json"]) {
    const rows = loadRows<SighashRow>(file);
    it.skipIf(rows === undefined)(`is right for every line of ${file}`, () => {
      for (const [hex, script, index, hashType, expected] of rows ?? []) {
        const scriptCode = hexToBytes(script);
        const context = { tx: decode(hex), index, scriptCode, hashType: hashType >>> 0 };
        const digest = fromHashHex(expected as HashHex);
        expect(bytesToHex(signatureHash(context, false)), hex).toBe(bytesToHex(digest));
      }
      expect(rows?.length).toBe(500);
      reportVectors({ name: file, run: rows?.length ?? 0 });
    });
  }
});

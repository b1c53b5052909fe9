import { hexToBytes } from "@noble/hashes/utils.js";
import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import { amount, type Hash256, unixSeconds } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import type { Dialect, InputCheck } from "#shared/script/machine.ts";
import { verifyInput } from "#shared/script/verify-input.ts";
import { scriptOfAsm } from "./script-asm.ts";
import { scriptFlagsOf } from "./script-flags-of.ts";
import { BITCOIN_WIRE } from "./wires.ts";

type Row = readonly (string | readonly (string | number)[])[];

/** One line of a `script_tests.json`. */
export interface ScriptCase {
  readonly witness: readonly Uint8Array[];
  readonly value: bigint;
  readonly scriptSig: string;
  readonly scriptPubKey: string;
  readonly flags: string;
  /** `OK`, or the name of the error. */
  readonly expected: string;
  /** What tells this line from the others. */
  readonly name: string;
}

/** @returns `undefined` for a line that is a comment */
export function parseScriptCase(row: Row): ScriptCase | undefined {
  const first = row[0];
  const hasWitness = Array.isArray(first);
  const [scriptSig, scriptPubKey, flags, expected, ...comments] = (
    hasWitness ? row.slice(1) : row
  ) as string[];
  if (scriptSig === undefined || scriptPubKey === undefined) return undefined;
  if (flags === undefined || expected === undefined) return undefined;
  const items = hasWitness ? (first as readonly (string | number)[]) : [];
  return {
    witness: items.slice(0, -1).map((item) => hexToBytes(String(item))),
    value: BigInt(Math.round(Number(items.at(-1) ?? 0) * 1e8)),
    scriptSig,
    scriptPubKey,
    flags,
    expected,
    name: [scriptSig, scriptPubKey, flags, ...comments].join(" | "),
  };
}

function spendOf(
  prevout: { readonly txid: Hash256; readonly index: number },
  scripts: Pick<Transaction["inputs"][number], "scriptSig" | "witness"> & {
    readonly scriptPubKey: Uint8Array;
    readonly value: bigint;
  },
): Transaction {
  const { scriptSig, witness, scriptPubKey, value } = scripts;
  return {
    version: 1,
    time: unixSeconds(0),
    inputs: [{ prevout, scriptSig, sequence: 0xffff_ffff, witness }],
    outputs: [{ value: amount(value), scriptPubKey }],
    lockTime: 0,
  };
}

/** A line as an input to be judged, as Bitcoin Core's suite says to. */
export function scriptCheckOf(line: ScriptCase, dialect: Dialect): InputCheck {
  const scriptPubKey = scriptOfAsm(line.scriptPubKey);
  const credit = spendOf(
    { txid: zeroHash(), index: 0xffff_ffff },
    { scriptSig: Uint8Array.of(0, 0), witness: [], scriptPubKey, value: line.value },
  );
  const spend = spendOf(
    { txid: hashTransaction(credit, BITCOIN_WIRE).txid, index: 0 },
    {
      scriptSig: scriptOfAsm(line.scriptSig),
      witness: line.witness,
      scriptPubKey: new Uint8Array(0),
      value: line.value,
    },
  );
  return {
    tx: spend,
    index: 0,
    value: line.value,
    scriptPubKey,
    flags: scriptFlagsOf(line.flags),
    dialect,
    transactionTime: false,
  };
}

/** Runs a line. @returns `OK`, or the name of the error */
export function runScriptCase(line: ScriptCase, dialect: Dialect): string {
  return verifyInput(scriptCheckOf(line, dialect)).error ?? "OK";
}

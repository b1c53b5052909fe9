import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import { amount, unixSeconds } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import { classifyScript } from "#shared/script/classify-script.ts";
import { pushNumber } from "#shared/script/push.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import { signatureHash } from "#shared/script/signature-hash.ts";
import { verifyInput } from "#shared/script/verify-input.ts";
import { loadChain } from "../../support/chain-file.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { loadVectors } from "../../support/vectors.ts";
import { EXOS_WIRE } from "../../support/wires.ts";

interface SighashCase {
  readonly coinstake: string;
  readonly inputIndex: number;
  readonly prevScriptPubKey: string;
  readonly hashType: number;
  readonly sighash: string;
}

interface Vectors {
  readonly sighash: { readonly cases: readonly SighashCase[] };
  readonly bip34: {
    readonly cases: readonly { readonly height: number; readonly scriptSigPrefix: string }[];
  };
  readonly coldStaking: {
    readonly hotKeyHash: string;
    readonly coldKeyHash: string;
    readonly scriptPubKey: string;
    readonly length: number;
    readonly opcodeCases: readonly {
      readonly scriptPubKey: string;
      readonly flags: string;
      readonly coinstake: boolean;
      readonly result: string;
    }[];
  };
}

const vectors = loadVectors<Vectors>("exos-vectors.json");
const chain = loadChain("stratis/blk0001.dat", 4);

/** Flags of `opcodeCases`. "Standard" stands for the one that matters: upgradable opcodes. */
const COLD_FLAGS: Readonly<Record<string, number>> = {
  "Standard without CheckColdStakeVerify": ScriptFlags.DISCOURAGE_UPGRADABLE_NOPS,
  none: ScriptFlags.NONE,
  CheckColdStakeVerify: ScriptFlags.CHECKCOLDSTAKEVERIFY,
};

function spendOf(coinstake: boolean): Transaction {
  const empty = { value: amount(0n), scriptPubKey: new Uint8Array(0) };
  const paying = { value: amount(1n), scriptPubKey: Uint8Array.of(0x51) };
  const prevout = { txid: zeroHash(), index: 0 };
  return {
    version: 1,
    time: unixSeconds(0),
    inputs: [{ prevout, scriptSig: new Uint8Array(0), sequence: 0, witness: [] }],
    outputs: coinstake ? [empty, paying] : [paying],
    lockTime: 0,
  };
}

describe("vectors of the EXOS family", () => {
  it.skipIf(vectors === undefined)("cover the time of a transaction by its signatures", () => {
    const cases = vectors?.sighash.cases ?? [];
    for (const row of cases) {
      const result = decodeTransaction(hexToBytes(row.coinstake), EXOS_WIRE);
      if (!result.ok) throw result.error;
      const scriptPubKey = hexToBytes(row.prevScriptPubKey);
      const { inputIndex: index, hashType } = row;
      const context = { tx: result.value, index, scriptCode: scriptPubKey, hashType };
      expect(bytesToHex(signatureHash(context, true))).toBe(row.sighash);
      expect(bytesToHex(signatureHash(context, false))).not.toBe(row.sighash);
      const check = { tx: result.value, index, value: 0n, scriptPubKey };
      const spend = { ...check, flags: ScriptFlags.DERSIG, dialect: "exos" } as const;
      expect(verifyInput(spend)).toEqual({ error: undefined, coldStake: false });
      expect(verifyInput({ ...spend, transactionTime: false }).error).toBe("EvalFalse");
    }
    reportVectors({ name: "exos-vectors.json#sighash", run: cases.length });
  });

  it.skipIf(vectors === undefined)("begin a coinbase with its height", () => {
    const cases = vectors?.bip34.cases ?? [];
    for (const { height, scriptSigPrefix } of cases) {
      expect(bytesToHex(pushNumber(height)), `height ${height}`).toBe(scriptSigPrefix);
    }
    reportVectors({ name: "exos-vectors.json#bip34 (push)", run: cases.length });
  });

  it.skipIf(chain === undefined)("begin every coinbase of a real chain so", () => {
    for (const [height, bytes] of chain?.entries() ?? []) {
      if (height === 0) continue;
      const block = decodeBlock(bytes, EXOS_WIRE);
      if (!block.ok) throw block.error;
      const script = block.value.transactions[0]?.inputs[0]?.scriptSig ?? new Uint8Array(0);
      const push = pushNumber(height);
      expect(bytesToHex(script.subarray(0, push.length)), `${height}`).toBe(bytesToHex(push));
    }
  });

  it.skipIf(vectors === undefined)("let only a coinstake pass the cold-staking opcode", () => {
    const row = vectors?.coldStaking;
    const opcodeCases = row?.opcodeCases ?? [];
    for (const { scriptPubKey, flags, coinstake, result } of opcodeCases) {
      const { error, coldStake } = verifyInput({
        tx: spendOf(coinstake),
        index: 0,
        value: 0n,
        scriptPubKey: hexToBytes(scriptPubKey),
        flags: COLD_FLAGS[flags] ?? 0,
        dialect: "exos",
      });
      expect(result, flags).toMatch(error ?? /^OK/);
      expect(coldStake).toBe(result.includes("isColdCoinStake=true"));
    }
    const script = hexToBytes(row?.scriptPubKey ?? "");
    expect(script).toHaveLength(row?.length ?? 0);
    expect(classifyScript(script, "exos")).toEqual({
      kind: "coldstaking",
      hotKeyHash: hexToBytes(row?.hotKeyHash ?? ""),
      coldKeyHash: hexToBytes(row?.coldKeyHash ?? ""),
    });
    expect(classifyScript(script, "bitcoin")).toEqual({ kind: "nonstandard" });
    reportVectors({ name: "exos-vectors.json#coldStaking (opcode)", run: opcodeCases.length });
  });
});

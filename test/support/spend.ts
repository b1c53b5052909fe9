import { amount, unixSeconds } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import type { Dialect } from "#shared/script/machine.ts";
import { type InputVerdict, verifyInput } from "#shared/script/verify-input.ts";
import { scriptOfAsm } from "./script-asm.ts";
import { scriptFlagsOf } from "./script-flags-of.ts";

/** A spend in words: scripts by `scriptOfAsm`, flags by `scriptFlagsOf`. */
export interface Spend {
  readonly scriptSig?: string;
  readonly scriptPubKey: string;
  readonly flags?: string;
  readonly dialect: Dialect;
  readonly witness?: readonly Uint8Array[];
  readonly tx?: Partial<Transaction>;
  readonly sequence?: number;
}

/** A transaction of one input and one output. */
export function transactionOf(spend: Omit<Spend, "scriptPubKey" | "dialect">): Transaction {
  const input = {
    prevout: { txid: zeroHash(), index: 0 },
    scriptSig: scriptOfAsm(spend.scriptSig ?? ""),
    sequence: spend.sequence ?? 0,
    witness: spend.witness ?? [],
  };
  return {
    version: 2,
    time: unixSeconds(1_500_000_000),
    inputs: [input],
    outputs: [{ value: amount(1n), scriptPubKey: new Uint8Array(0) }],
    lockTime: 0,
    ...spend.tx,
  };
}

/** What becomes of it. */
export function judgeSpend(spend: Spend): InputVerdict {
  return verifyInput({
    tx: transactionOf(spend),
    index: 0,
    value: 0n,
    scriptPubKey: scriptOfAsm(spend.scriptPubKey),
    flags: scriptFlagsOf(spend.flags ?? ""),
    dialect: spend.dialect,
  });
}

/** Its error in both dialects. */
export function errorsOf(spend: Omit<Spend, "dialect">): Record<Dialect, string> {
  const error = (dialect: Dialect) => judgeSpend({ ...spend, dialect }).error ?? "OK";
  return { exos: error("exos"), bitcoin: error("bitcoin") };
}

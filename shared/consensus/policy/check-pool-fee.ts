import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { feeOfSize } from "./fee-of-size.ts";
import { type PolicyError, policyError } from "./policy-error.ts";
import type { PoolPolicy } from "./pool-policy.ts";
import { transactionSize } from "./transaction-size.ts";

/** A day's worth of a coin, by the spacing of Bitcoin and a transaction of 250 bytes. */
const FREE_PRIORITY = (100_000_000n * 144n) / 250n;

/** Bytes of an input that do not count against its age: all but a long script. */
const INPUT_BYTES = 41;
const SCRIPT_BYTES = 110;

/** What a transaction pays, and what is asked of it. Rates in base units per 1,000 bytes. */
export interface FeeEnv {
  readonly params: Pick<ConsensusParams, "dialect" | "witnessScale">;
  readonly policy: Pick<PoolPolicy, "relayFeeRate">;
  /** What the pool asks since it was full. */
  readonly rollingRate: bigint;
  /** Of the tip. */
  readonly height: number;
  /** What the sender is ready to pay at most; `undefined`: anything. */
  readonly feeRateMax: bigint | undefined;
}

/**
 * The fee is worth the room, or the coins are old enough to go free; and it is no slip of the pen.
 *
 * Old coins go free only by the reference of EXOS. A block takes nothing below its own rate, so such
 * a transaction waits for ever.
 *
 * @param spent what each input spends, in order
 * @source MempoolValidator.cs CheckFee (EXOSFullNode e61c2e61); exos-l1.md 6.1.10
 */
export function checkPoolFee(
  tx: HashedTransaction,
  spent: readonly Coin[],
  fee: bigint,
  env: FeeEnv,
): PolicyError | undefined {
  const { params, policy, rollingRate, feeRateMax } = env;
  // Outputs above inputs are no matter of policy: the rule of blocks names them.
  if (fee < 0n) return undefined;
  const size = transactionSize(tx, params);
  const asked = feeOfSize(rollingRate, size);
  const detail = { fee: fee.toString(), size };
  if (fee < asked) {
    return policyError("mempool-min-fee-not-met", { ...detail, asked: asked.toString() });
  }
  const relayed = feeOfSize(policy.relayFeeRate, size);
  if (fee < relayed && !isFree(tx, spent, size, env)) {
    return policyError("insufficient-priority", { ...detail, asked: relayed.toString() });
  }
  return feeRateMax !== undefined && fee > feeOfSize(feeRateMax, size)
    ? policyError("absurdly-high-fee", detail)
    : undefined;
}

/**
 * Value times age of the confirmed coins, a byte.
 *
 * @source MemPoolCoinView.cs GetPriority, TxMemPoolEntry.cs GetPriority, MempoolValidator.cs
 *   CalculateModifiedSize (EXOSFullNode e61c2e61)
 */
function isFree(
  { inputs }: HashedTransaction,
  spent: readonly Coin[],
  size: number,
  { params, height }: FeeEnv,
): boolean {
  if (params.dialect === "bitcoin") return false;
  let bytes = size;
  for (const { scriptSig } of inputs) {
    const offset = INPUT_BYTES + Math.min(SCRIPT_BYTES, scriptSig.length);
    if (bytes > offset) bytes -= offset;
  }
  let age = 0n;
  for (const coin of spent) {
    if (coin.height <= height) age += coin.value * BigInt(height + 1 - coin.height);
  }
  return age > FREE_PRIORITY * BigInt(bytes);
}

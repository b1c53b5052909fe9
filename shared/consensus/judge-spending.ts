import type { BlockRules } from "#shared/consensus/block-rules.ts";
import type { FullEnv } from "#shared/consensus/judge-env.ts";
import { checkAgeLocks } from "#shared/consensus/rules/check-age-locks.ts";
import { checkFee } from "#shared/consensus/rules/check-fee.ts";
import { checkFinal } from "#shared/consensus/rules/check-final.ts";
import { checkInputTime } from "#shared/consensus/rules/check-input-time.ts";
import { checkInputValue } from "#shared/consensus/rules/check-input-value.ts";
import { checkMaturity } from "#shared/consensus/rules/check-maturity.ts";
import { checkPaysForOutputs } from "#shared/consensus/rules/check-pays-for-outputs.ts";
import { checkSigopCost } from "#shared/consensus/rules/check-sigop-cost.ts";
import type { Violation } from "#shared/consensus/verdict.ts";
import { type Height, height, type UnixSeconds } from "#shared/primitives/brand.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { isCoinbase, isCoinstake } from "#shared/primitives/transaction-shape.ts";

/** Where a transaction stands. */
export interface Place {
  readonly env: Pick<FullEnv, "parent" | "params" | "medianTimeAt">;
  readonly rules: BlockRules;
  /** Of its block. */
  readonly time: UnixSeconds;
  /** Sigop cost of the transactions before it and of its own. */
  readonly sigopCost: number;
}

/**
 * What is wrong with a transaction given the coins that it spends, in the order of its inputs. Of a
 * coinbase only its lock time and signature operations are asked.
 *
 * @source CoinviewRule.cs RunAsync (EXOSFullNode e61c2e61); ConnectBlock, bitcoin/bitcoin
 *   validation.cpp; exos-l1.md 4.5 rule 5c
 */
export function judgeSpending(
  tx: HashedTransaction,
  spent: readonly Coin[],
  place: Place,
): Violation | undefined {
  const { params, parent } = place.env;
  const at = height(parent.height + 1);
  if (params.stake === undefined) {
    return (
      (isCoinbase(tx) ? undefined : checkInputs(tx, spent, at, place)) ??
      (place.rules.isAgeLocked ? checkAgeLocks(tx, spent, place.env) : undefined) ??
      checkSigopCost(place.sigopCost, params)
    );
  }
  return (
    checkFinal(tx, at, place.time) ??
    checkSigopCost(place.sigopCost, params) ??
    (isCoinbase(tx) ? undefined : checkInputs(tx, spent, at, place))
  );
}

/** @source CoinviewRule.cs CheckInputs (EXOSFullNode e61c2e61); exos-l1.md 4.8 */
function checkInputs(
  tx: HashedTransaction,
  spent: readonly Coin[],
  at: Height,
  { env: { params } }: Place,
): Violation | undefined {
  let valueIn = 0n;
  for (const coin of spent) {
    valueIn += coin.value;
    const found =
      checkMaturity(coin, at, params) ??
      checkInputTime(coin, tx) ??
      checkInputValue(coin.value, valueIn, params);
    if (found !== undefined) return found;
  }
  // What a coinstake pays is bounded with the block's reward, wherever it stands.
  if (params.stake !== undefined && isCoinstake(tx)) return undefined;
  const valueOut = outputSum(tx);
  return checkPaysForOutputs(valueIn, valueOut) ?? checkFee(valueIn - valueOut, params);
}

/** Sum of all outputs, in base units. */
export function outputSum({ outputs }: Pick<HashedTransaction, "outputs">): bigint {
  return outputs.reduce((sum, { value }) => sum + value, 0n);
}

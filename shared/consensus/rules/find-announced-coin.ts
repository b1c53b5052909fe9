import type { HeaderEnv, SpentRecord } from "#shared/consensus/judge-env.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { HashedTransaction, Outpoint } from "#shared/primitives/transaction.ts";

/** The coin that a coinstake stakes, and where it lies. */
export interface KernelCoin {
  readonly prevout: Outpoint;
  readonly coin: Coin;
}

/**
 * The coin of an announced coinstake: in the view, or remembered as spent on another branch.
 *
 * The view is the parent's own. So an output that it lacks while others of the transaction are
 * there was spent or never was, and no script can spend it: the reference, which looks at the tip,
 * finds it in its rewind data and fails the script. Where nothing of the transaction is left, it
 * cannot tell a coin not yet seen, and waits.
 *
 * @source ProvenHeaderCoinstakeRule.cs GetAndValidatePreviousUtxo, CheckIfCoinstakeIsSpentOnAnotherChain
 *   (EXOSFullNode e61c2e61); exos-l1.md 3.5 step 4
 */
export function findAnnouncedCoin(
  { inputs }: Pick<HashedTransaction, "inputs">,
  env: Pick<HeaderEnv, "coins" | "spentRecord">,
): Result<KernelCoin, Violation> {
  const prevout = inputs[0]?.prevout;
  if (prevout === undefined) return { ok: false, error: violation("non-coinstake") };
  const coin = env.coins.coin(prevout);
  if (coin !== undefined) return { ok: true, value: { prevout, coin } };

  const remembered: SpentRecord = env.spentRecord?.(prevout) ?? { isRecorded: false };
  const detail = { txid: toHashHex(prevout.txid), index: prevout.index };
  if (!remembered.isRecorded) {
    const code = env.coins.hasUnspent(prevout.txid)
      ? "verify-signature-failed-on-coinstake"
      : "read-txPrev-failed-insufficient";
    return { ok: false, error: violation(code, detail) };
  }
  return remembered.coin === undefined
    ? { ok: false, error: violation("utxo-not-found-in-rewind-data", detail) }
    : { ok: true, value: { prevout, coin: remembered.coin } };
}

import type { KernelCoin } from "#shared/consensus/rules/find-announced-coin.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { CoinsReader } from "#shared/primitives/coin.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { isCoinstake } from "#shared/primitives/transaction-shape.ts";

/**
 * The coin that the coinstake of a block stakes. Where its transaction has other outputs left, a
 * spent one fails as a script that cannot be run.
 *
 * @source StakeValidator.cs CheckProofOfStake, VerifySignature (EXOSFullNode e61c2e61); exos-l1.md
 *   4.6 steps 1 to 3
 */
export function findKernelCoin(
  tx: Pick<HashedTransaction, "inputs" | "outputs">,
  coins: CoinsReader,
): Result<KernelCoin, Violation> {
  const prevout = tx.inputs[0]?.prevout;
  if (prevout === undefined || !isCoinstake(tx)) {
    return { ok: false, error: violation("non-coinstake") };
  }
  const detail = { txid: toHashHex(prevout.txid), index: prevout.index };
  if (!coins.hasUnspent(prevout.txid)) {
    return { ok: false, error: violation("read-txPrev-failed", detail) };
  }
  const coin = coins.coin(prevout);
  return coin === undefined
    ? { ok: false, error: violation("verify-signature-failed-on-coinstake", detail) }
    : { ok: true, value: { prevout, coin } };
}

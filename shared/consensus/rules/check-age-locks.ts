import type { FullEnv } from "#shared/consensus/judge-env.ts";
import { medianTime } from "#shared/consensus/median-time.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import { height } from "#shared/primitives/brand.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";

/** Versions below lock nothing by age. */
const VERSION_MIN = 2;
const DISABLED = 0x8000_0000;
const BY_TIME = 0x0040_0000;
const MASK = 0xffff;
/** Locks by time are counted in 512 seconds. */
const GRANULARITY_BITS = 9;

/**
 * The coins that a transaction spends are as old as its input sequences ask, in blocks or by the
 * median time past of the block before theirs.
 *
 * @param spent what each input spends, in order
 * @source SequenceLocks, bitcoin/bitcoin consensus/tx_verify.cpp; BIP68
 */
export function checkAgeLocks(
  tx: HashedTransaction,
  spent: readonly Coin[],
  env: Pick<FullEnv, "parent" | "medianTimeAt">,
): Violation | undefined {
  if (tx.version < VERSION_MIN) return undefined;
  for (const [index, coin] of spent.entries()) {
    const sequence = tx.inputs[index]?.sequence ?? DISABLED;
    if ((sequence & DISABLED) !== 0) continue;
    const age = sequence & MASK;
    const isLocked =
      (sequence & BY_TIME) === 0
        ? env.parent.height + 1 < coin.height + age
        : medianTime(env.parent.context) <
          env.medianTimeAt(height(Math.max(coin.height - 1, 0))) + (age << GRANULARITY_BITS);
    if (isLocked) return violation("bad-txns-nonfinal", { txid: toHashHex(tx.txid), index });
  }
  return undefined;
}

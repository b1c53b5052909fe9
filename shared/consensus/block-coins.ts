import { coinKind } from "#shared/consensus/coin-kind.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { Height } from "#shared/primitives/brand.ts";
import type { Coin, CoinsReader } from "#shared/primitives/coin.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { HashedTransaction, Outpoint } from "#shared/primitives/transaction.ts";

const OP_RETURN = 0x6a;

/** The coins of one block while its transactions are judged in order. */
export interface BlockCoins {
  /** @returns nothing when the output is unknown, spent, or begins with OP_RETURN */
  coin(outpoint: Outpoint): Coin | undefined;
  /** Spend what the transaction spends, and make what it makes. */
  apply(tx: HashedTransaction): void;
}

/** What a block makes and spends, laid over what its parent left; the reader is only read. */
export function openBlockCoins(
  parent: Pick<CoinsReader, "coin">,
  height: Height,
  params: Pick<ConsensusParams, "stake">,
): BlockCoins {
  /** `undefined` under a key: spent by this block. */
  const changed = new Map<string, Coin | undefined>();
  return {
    coin: (outpoint) => {
      const key = outpointKey(outpoint);
      return changed.has(key) ? changed.get(key) : parent.coin(outpoint);
    },
    apply: (tx) => {
      const kind = coinKind(tx, params);
      if (kind !== "coinbase") {
        for (const { prevout } of tx.inputs) changed.set(outpointKey(prevout), undefined);
      }
      for (const [index, { value, scriptPubKey }] of tx.outputs.entries()) {
        if (scriptPubKey[0] === OP_RETURN) continue;
        const coin = { value, scriptPubKey, time: tx.time, height, kind };
        changed.set(outpointKey({ txid: tx.txid, index }), coin);
      }
    },
  };
}

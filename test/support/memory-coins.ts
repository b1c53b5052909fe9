import { coinKind } from "#shared/consensus/coin-kind.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { Hash256, Height } from "#shared/primitives/brand.ts";
import type { Coin, CoinsReader } from "#shared/primitives/coin.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";
import { isCoinbase } from "#shared/primitives/transaction-shape.ts";

/** Of a transaction: the key of its first output, made or not. */
const keyOf = (txid: Uint8Array) => outpointKey({ txid: txid as Hash256, index: 0 });

/** The unspent set of a test, in a map. */
export class MemoryCoins implements CoinsReader {
  readonly coins = new Map<string, Coin>();
  readonly #unspent = new Map<string, number>();
  readonly #params: Pick<ConsensusParams, "stake">;

  constructor(params: Pick<ConsensusParams, "stake">) {
    this.#params = params;
  }

  coin(outpoint: Outpoint): Coin | undefined {
    return this.coins.get(outpointKey(outpoint));
  }

  hasUnspent(txid: Uint8Array): boolean {
    return (this.#unspent.get(keyOf(txid)) ?? 0) > 0;
  }

  add(outpoint: Outpoint, coin: Coin): void {
    this.coins.set(outpointKey(outpoint), coin);
    this.#count(outpoint, 1);
  }

  /** Spend and make what a block does. */
  apply({ transactions }: Pick<Block, "transactions">, height: Height): void {
    for (const tx of transactions) {
      const kind = coinKind(tx, this.#params);
      if (!isCoinbase(tx)) {
        for (const { prevout } of tx.inputs) {
          this.coins.delete(outpointKey(prevout));
          this.#count(prevout, -1);
        }
      }
      for (const [index, { value, scriptPubKey }] of tx.outputs.entries()) {
        if (scriptPubKey[0] === 0x6a) continue;
        this.add({ txid: tx.txid, index }, { value, scriptPubKey, time: tx.time, height, kind });
      }
    }
  }

  #count({ txid }: Outpoint, change: number): void {
    const key = keyOf(txid);
    this.#unspent.set(key, (this.#unspent.get(key) ?? 0) + change);
  }
}

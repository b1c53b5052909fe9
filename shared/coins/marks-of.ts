import type { Block } from "#shared/primitives/block.ts";
import type { Hash256, HashHex, Height } from "#shared/primitives/brand.ts";
import type { CoinKind, CoinsReader } from "#shared/primitives/coin.ts";
import type { HashedTransaction, Outpoint } from "#shared/primitives/transaction.ts";
import { isCoinbase, isCoinstake } from "#shared/primitives/transaction-shape.ts";
import type { CoinContent, ItemMarks } from "./coin-item.ts";
import {
  type CoinKey,
  coinKeyOf,
  coinKeyOfChunk,
  OUTPUTS_MAX,
  SLOTS_PER_ITEM,
  slotOf,
} from "./coin-key.ts";
import type { Mark } from "./mark.ts";
import { packOutputs } from "./pack-outputs.ts";

/** What distinguishes the coins of two networks here: whether coinstakes exist. */
export interface CoinRules {
  readonly dialect: "exos" | "bitcoin";
}

function kindOf(tx: HashedTransaction, rules: CoinRules): CoinKind {
  if (isCoinbase(tx)) return "coinbase";
  return rules.dialect === "exos" && isCoinstake(tx) ? "coinstake" : "ordinary";
}

function contentsOf(tx: HashedTransaction, rules: CoinRules): CoinContent[] {
  const kind = kindOf(tx, rules);
  const contents: CoinContent[] = [];
  for (let from = 0; from < tx.outputs.length; from += SLOTS_PER_ITEM) {
    const outputs = packOutputs(tx.outputs.slice(from, from + SLOTS_PER_ITEM));
    contents.push({ outputs, time: tx.time, kind });
  }
  return contents;
}

/**
 * Every mark of a block, grouped by coin item. Computed from the block's bytes alone, so only for
 * a block whose integrity was checked on these bytes. Nothing keeps a view of them.
 *
 * @param place where the block stands; genesis has no marks, its output is not a coin
 * @source cloud.md 4.2 `apply`, 4.3 I2
 */
export function marksOf(
  block: Pick<Block, "transactions">,
  place: { readonly hash: HashHex; readonly height: Height },
  rules: CoinRules,
): ItemMarks[] {
  if (place.height === 0) return [];
  const mark: Mark = { height: place.height, hash: place.hash };
  const spent = new Map<CoinKey, number>();
  const created = new Map<CoinKey, CoinContent>();
  for (const tx of block.transactions) {
    for (const [chunk, content] of contentsOf(tx, rules).entries()) {
      created.set(coinKeyOfChunk(tx.txid, chunk), content);
    }
    if (isCoinbase(tx)) continue;
    for (const { prevout } of tx.inputs) {
      if (prevout.index >= OUTPUTS_MAX) continue;
      const key = coinKeyOf(prevout.txid, prevout.index);
      spent.set(key, (spent.get(key) ?? 0) | (1 << slotOf(prevout.index)));
    }
  }
  const marks: ItemMarks[] = [];
  for (const [key, content] of created) {
    marks.push({ key, mark, created: content, spent: spent.get(key) ?? 0 });
    spent.delete(key);
  }
  for (const [key, slots] of spent) marks.push({ key, mark, created: undefined, spent: slots });
  return marks;
}

/** What must be read before a block can be judged. */
export interface CoinNeeds {
  /** Items of its prevouts and of its own txids, each once. */
  readonly keys: readonly CoinKey[];
  /** Of the coinstake's first input; see `kernelInDoubt`. */
  readonly kernel: Outpoint | undefined;
}

/**
 * The coin items a block asks about: its prevouts, and its own txids, which must hold nothing
 * unspent.
 *
 * @source exos-l1.md 4.5 rules 3 and 4
 */
export function coinNeeds(block: Pick<Block, "transactions">): CoinNeeds {
  const keys = new Set<CoinKey>();
  for (const tx of block.transactions) {
    // A block with more was not weighed yet, and is too heavy.
    const outputs = Math.min(tx.outputs.length, OUTPUTS_MAX);
    for (let from = 0; from < outputs; from += SLOTS_PER_ITEM) {
      keys.add(coinKeyOf(tx.txid, from));
    }
    if (isCoinbase(tx)) continue;
    for (const { prevout } of tx.inputs) {
      if (prevout.index < OUTPUTS_MAX) keys.add(coinKeyOf(prevout.txid, prevout.index));
    }
  }
  const second = block.transactions[1];
  const kernel =
    second !== undefined && isCoinstake(second) ? second.inputs[0]?.prevout : undefined;
  return { keys: [...keys], kernel };
}

/**
 * The transaction of a kernel whose own output is not unspent. Whether another of its outputs is
 * decides between two verdicts, so all of its items must then be read as well
 * (`CoinStore.readTransaction`) before `hasUnspent` is asked about it. Does not happen in a valid
 * block.
 *
 * @param coins built from the items of `needs.keys`
 * @source exos-l1.md 4.6 rules 2 and 3
 */
export function kernelInDoubt(needs: CoinNeeds, coins: CoinsReader): Hash256 | undefined {
  if (needs.kernel === undefined || coins.coin(needs.kernel) !== undefined) return undefined;
  return needs.kernel.txid;
}

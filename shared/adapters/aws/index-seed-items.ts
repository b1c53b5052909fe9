import type { IndexPoint, SeedCoin } from "#shared/ports/address-index.ts";
import { listedUnder } from "#shared/ports/block-facts.ts";
import { amount, type UnixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { fromHex } from "#shared/primitives/hex.ts";
import type { DynamoItem } from "./dynamo-item.ts";
import { keptScript, ownerText } from "./index-block-items.ts";
import { encodeEntry } from "./index-entry-codec.ts";
import { ownerPart } from "./index-keys.ts";

/** Where the coins of a first block are listed. */
export interface SeedPlace {
  readonly base: IndexPoint;
  /** Of that block. */
  readonly blockTime: UnixSeconds;
  /** Of transactions before these: no block has given them a position, so they are numbered. */
  readonly number: number;
}

/**
 * Items of the coins that a history begins with: their owners have received them at its first block.
 *
 * @param coins those of one transaction together
 */
export function seedItems(
  coins: readonly SeedCoin[],
  { base, blockTime, number }: SeedPlace,
): { readonly items: readonly DynamoItem[]; readonly transactions: number } {
  const items: DynamoItem[] = [];
  let position = number;
  for (const [txid, made] of Map.groupBy(coins, (coin) => toHashHex(coin.txid))) {
    const [first] = made;
    if (first === undefined) continue;
    for (const [owner, listed] of byOwner(made)) {
      const outs = listed.map(({ index, value, scriptPubKey }) => ({
        index,
        value,
        scriptPubKey: keptScript(scriptPubKey),
      }));
      const entry = {
        ...base,
        position,
        txid,
        kind: first.kind,
        time: first.time,
        blockTime,
        madeAt: first.height,
        received: amount(listed.reduce((sum, { value }) => sum + value, 0n)),
        sent: amount(0n),
        outs,
        ins: [],
      };
      items.push(...encodeEntry(ownerPart(fromHex(owner)), entry));
    }
    position++;
  }
  return { items, transactions: position - number };
}

/** Coins of one transaction by whoever they are listed under. */
function byOwner(coins: readonly SeedCoin[]): Map<string, SeedCoin[]> {
  const listed = new Map<string, SeedCoin[]>();
  for (const coin of coins) {
    const { owner, staker } = listedUnder(coin.scriptPubKey, { ownerOf: ownerText });
    for (const name of [owner, staker]) {
      if (name !== undefined) listed.set(name, [...(listed.get(name) ?? []), coin]);
    }
  }
  return listed;
}

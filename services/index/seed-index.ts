import type { Tip } from "#shared/coins/tip.ts";
import { cutView, hashAt } from "#shared/coins/view.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { AddressIndexWriter, SeedCoin } from "#shared/ports/address-index.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { unspentAt } from "#shared/ports/unspent-at.ts";
import { amount } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** Chain state, and the index that begins with it. */
export interface SeedDeps {
  readonly coins: Pick<CoinStore, "scan" | "frozen">;
  readonly headers: Pick<HeaderStore, "get">;
  readonly index: AddressIndexWriter;
}

/** Coins handed over at once, give or take those of one transaction. */
const BATCH_COINS = 4_096;

/**
 * Begin the index with the coins of the lowest block that chain state still knows them at: a node
 * from a snapshot has no bodies below. Its sums of transactions count from there; coins and supply
 * are whole. Killed before its end, it is done again, since nobody sees it before it is followed.
 *
 * @param tip the committed tip
 * @throws StoreFault when the header of that block is missing
 */
export async function seedIndex(tip: Tip, deps: SeedDeps): Promise<void> {
  const record = await baseOf(tip, deps);
  const view = record.hash === tip.hash ? tip : cutView(tip, record);
  // Coins and supply are known once all have been read, and the row is written first.
  let coinsSum = 0;
  let supply = 0n;
  for await (const { coin } of unspentAt(view, deps.coins)) {
    coinsSum++;
    supply += coin.value;
  }
  await deps.index.begin({
    height: record.height,
    hash: record.hash,
    time: record.header.time,
    proofKind: record.proofKind,
    transactions: 0,
    inputs: 0,
    outputs: 0,
    size: 0,
    fees: amount(0n),
    reward: amount(0n),
    makerScript: new Uint8Array(0),
    transactionsSum: 0,
    coinsSum,
    supply: amount(supply),
    unspendableSum: amount(0n),
  });
  for await (const batch of batchesOf(view, deps.coins)) await deps.index.seed(batch);
  await deps.index.follow(record.hash);
}

async function baseOf(tip: Tip, { headers }: Pick<SeedDeps, "headers">): Promise<HeaderRecord> {
  const hash = hashAt(tip, Math.max(tip.floor, tip.final)) ?? tip.hash;
  const stored = await headers.get(hash);
  if (stored !== undefined) return stored.record;
  const message = `The header ${hash} is missing. Run \`exos repair --from blocks\`.`;
  throw new StoreFault(message, { retryable: false, code: "EXOS-E1004" });
}

/** Coins in batches that end where a transaction ends. */
async function* batchesOf(
  view: Parameters<typeof unspentAt>[0],
  coins: SeedDeps["coins"],
): AsyncGenerator<SeedCoin[]> {
  let batch: SeedCoin[] = [];
  let last = "";
  for await (const { txid, index, coin } of unspentAt(view, coins)) {
    const id = toHashHex(txid);
    if (batch.length >= BATCH_COINS && id !== last) {
      yield batch;
      batch = [];
    }
    last = id;
    batch.push({ txid, index, ...coin });
  }
  yield batch;
}

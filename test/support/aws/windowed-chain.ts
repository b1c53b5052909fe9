import type { ChainStores } from "#shared/adapters/aws/open-chain-stores.ts";
import { marksOf } from "#shared/coins/marks-of.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import type { Tip } from "#shared/coins/tip.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { AddressIndexWriter } from "#shared/ports/address-index.ts";
import { amount, height } from "#shared/primitives/brand.ts";
import { RichChain } from "../rich-chain.ts";

/** Half way between two spills: a window is 500 to 563 blocks long. */
const WINDOW_BLOCKS = 532;
const FINAL_BLOCKS = 500;

/** A chain with a whole window, and the block that a staker puts on it. */
export function windowedChain(): {
  readonly chain: RichChain;
  readonly staked: ReturnType<RichChain["stake"]>;
} {
  const chain = new RichChain();
  while (chain.tip.height < 64 + WINDOW_BLOCKS - 1) chain.append(chain.work());
  return { chain, staked: chain.stake() };
}

/** The tip of a chain as a city holds it, whose totals are anything of their size. */
function tipOf({ records: headers, tip }: RichChain): Tip {
  const base = tip.height + 1 - WINDOW_BLOCKS;
  return {
    rev: 1,
    gen: 0,
    floor: height(0),
    height: tip.height,
    hash: tip.hash,
    work: tip.work,
    final: height(tip.height - FINAL_BLOCKS),
    base: height(base),
    win: headers.slice(base).map(({ hash }) => hash),
    mu: RunningTotals.empty("exos").encode(),
  };
}

/** Put that chain into a city, as far as its next block asks for it, followers included. */
export async function settleWindow(
  chain: RichChain,
  stores: Pick<ChainStores, "headers" | "coins" | "cursors" | "notice">,
  index: AddressIndexWriter,
): Promise<void> {
  for (const record of chain.records.slice(-WINDOW_BLOCKS)) {
    if (record.height % 64 === 0 || record.hash === chain.tip.hash)
      await stores.headers.put(record);
  }
  const [, premine] = chain.blocks;
  const place = chain.records[2];
  if (premine === undefined || place === undefined) throw new RangeError("no premine");
  await stores.coins.apply(0, marksOf(premine, place, exosRegtest.consensus));
  const tip = tipOf(chain);
  await stores.headers.setBodySize(tip.hash, 500);
  await stores.coins.commit(0, {
    tip,
    frozen: [{ group: 0, hashes: chain.records.slice(0, 64).map(({ hash }) => hash) }],
  });
  await stores.notice.put(tip);
  const { hash } = tip;
  await stores.cursors.set("mempool", { rev: 1, height: tip.height, hash, generation: 0 });
  await beginIndex(index, chain.tip);
}

/** An index that knows the chain to its tip, as far as the next block asks for it. */
async function beginIndex(index: AddressIndexWriter, { header, height: at, hash }: HeaderRecord) {
  const none = { inputs: 0, outputs: 0, transactionsSum: 0, coinsSum: 0 };
  await index.begin({
    ...{ ...none, height: at, hash, time: header.time, proofKind: "work", transactions: 1 },
    ...{ size: 0, fees: amount(0n), reward: amount(0n), makerScript: new Uint8Array(0) },
    ...{ supply: amount(0n), unspendableSum: amount(0n) },
  });
  await index.follow(hash);
}

import { expect, it } from "vitest";
import { CoinCache } from "#shared/adapters/embedded/coin-cache.ts";
import { CoinJournals } from "#shared/adapters/embedded/coin-journals.ts";
import { countTotals } from "#shared/adapters/embedded/coin-totals.ts";
import { LevelCoinTables } from "#shared/adapters/embedded/level-coin-tables.ts";
import type { CoinItem } from "#shared/coins/coin-item.ts";
import type { CoinKey } from "#shared/coins/coin-key.ts";
import { genesisTip, nextTip } from "#shared/coins/tip.ts";
import { growBy, hashOf, testBlock } from "../../support/coin-chain.ts";
import { manyItems } from "../../support/many-items.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const COINS = 500;

it("counts coins as their rows come, holds none of their keys, and counts none twice", async () => {
  const onDisk = new Map<CoinKey, CoinItem>();
  for await (const { key, item } of manyItems(COINS)) onDisk.set(key, item);
  let read = 0;
  const cache = new CoinCache((key) => {
    read++;
    return onDisk.get(key);
  }, false);
  const [first = ""] = onDisk.keys();
  cache.find(first as CoinKey);
  let mostWaiting = 0;
  async function* rows(): AsyncGenerator<CoinKey> {
    let listed = 0;
    for (const key of onDisk.keys()) {
      yield key;
      mostWaiting = Math.max(mostWaiting, ++listed - read);
    }
  }

  await using tables = await LevelCoinTables.open(temporaryFolder());
  const { tip } = genesisTip({ hash: hashOf("genesis"), work: 0n });
  const view = growBy(tip, [testBlock(1, "a", { x: 1 })]);
  const source = {
    dialect: "exos",
    to: nextTip(tip, view, { reorgBlocksMax: 10 }).tip,
    cache,
    journals: await CoinJournals.open(tables),
    frozen: new Map(),
    rows,
  } as const;
  expect((await countTotals(source)).coins).toBe(COINS);
  expect(mostWaiting).toBe(0);
});

import { expect, it, onTestFinished, vi } from "vitest";
import { sortedItems } from "#shared/adapters/embedded/sorted-items.ts";
import type { CoinKey } from "#shared/coins/coin-key.ts";
import { manyItems } from "../../support/many-items.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

it("sorts few items in one go, so that answers are read meanwhile", async () => {
  const sort = vi.spyOn(Array.prototype, "sort");
  onTestFinished(() => sort.mockRestore());
  const keys: CoinKey[] = [];
  for await (const { key } of sortedItems(manyItems(50_000), { folder: temporaryFolder() })) {
    keys.push(key);
  }
  const sizes = sort.mock.contexts.map((sorted) => (sorted as readonly unknown[]).length);
  expect(sizes.filter((size) => size > 0)).toEqual([20_000, 20_000, 10_000]);
  expect(new Set(keys)).toHaveLength(50_000);
  expect(keys.filter((key, at) => key <= (keys[at - 1] ?? ""))).toEqual([]);
});

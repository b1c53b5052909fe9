import { expect, it } from "vitest";
import type { RichList } from "#shared/ports/rich-list.ts";
import {
  growBlock,
  growRandomBlock,
  TO_B,
  TO_C,
  TO_KEY,
  TO_KEY_HASH,
  TO_NOBODY,
  TO_NOTHING,
  TO_STAKER_OF_B,
  type TreeBlock,
} from "../support/block-tree.ts";
import { seededNumbers } from "../support/flaky.ts";
import { richestOf } from "../support/richest-of.ts";

/** A list, and what makes it speak of a chain. */
export interface ListedChain {
  readonly list: RichList;
  /** Let the list speak of the chain that ends in this block. */
  follow(tip: TreeBlock): Promise<void>;
}

const TO_TOO_LONG = new Uint8Array(10_001).fill(0x51);
const genesis = growBlock(undefined, 0, [{ spends: [], pays: [[900n, TO_C]] }]);
const one = growBlock(genesis, 1, [
  {
    spends: [],
    pays: [
      [50n, TO_KEY],
      [8n, TO_KEY_HASH],
      [60n, TO_B],
    ],
  },
]);
const two = growBlock(one, 2, [
  { spends: [], pays: [[3n, TO_C]] },
  {
    spends: one.coins.slice(2),
    pays: [
      [20n, TO_STAKER_OF_B],
      [37n, TO_B],
      [0n, TO_C],
      [1n, TO_NOTHING],
      [1n, TO_NOBODY],
      [1n, TO_TOO_LONG],
    ],
  },
]);

/** What every rich list promises. @param create one that speaks of nothing yet, each time */
export function richListContract(create: () => Promise<ListedChain>): void {
  it("is none before there was a chain", async () => {
    const { list } = await create();
    expect(await list.richest(1)).toBeUndefined();
  });

  it("adds up what one key may spend, however it was paid, and leaves out what nobody may", async () => {
    const { list, follow } = await create();
    await follow(two);
    expect(await list.richest(200)).toEqual({
      at: { height: 2, hash: two.hash },
      holders: [
        { script: TO_KEY_HASH, balance: 58n, coins: 2 },
        { script: TO_B, balance: 57n, coins: 2 },
        { script: TO_C, balance: 3n, coins: 2 },
      ],
    });
  });

  it("names the richest alone where fewer are asked for", async () => {
    const { list, follow } = await create();
    await follow(two);
    const all = await list.richest(200);
    expect((await list.richest(1))?.holders).toEqual(all?.holders.slice(0, 1));
    expect((await list.richest(2))?.holders).toEqual(all?.holders.slice(0, 2));
  });

  it("forgets a branch that the chain has left", async () => {
    const { list, follow } = await create();
    await follow(two);
    const rival = growBlock(one, 9, [{ spends: [], pays: [[1_000n, TO_C]] }]);
    await follow(rival);
    expect(await list.richest(1)).toEqual({
      at: { height: 2, hash: rival.hash },
      holders: [{ script: TO_C, balance: 1_000n, coins: 1 }],
    });
    await follow(two);
    expect((await list.richest(200))?.holders).toHaveLength(3);
  });

  it.each([1, 2])("equals what the coins of a random chain add up to, seed %i", async (seed) => {
    const { list, follow } = await create();
    const next = seededNumbers(seed);
    let tip = genesis;
    for (let step = 0; step < 40; step++) tip = growRandomBlock(tip, next);
    await follow(tip);
    expect(await list.richest(200)).toEqual(richestOf(tip));
  });

  it("lists no more than two hundred, the lower hash first where they have the same", async () => {
    const { list, follow } = await create();
    const pays = Array.from({ length: 230 }, (_, at): [bigint, Uint8Array] => [
      at < 20 ? 9n : 5n,
      Uint8Array.of(0x02, at, 1, 0x51),
    ]);
    const crowd = growBlock(genesis, 5, [{ spends: [], pays }]);
    await follow(crowd);
    const found = await list.richest(200);
    expect(found).toEqual(richestOf(crowd));
    expect(found?.holders).toHaveLength(200);
    expect(found?.holders[19]?.balance).toBe(9n);
    expect(found?.holders[20]?.balance).toBe(5n);
  });

  it("refuses a number of holders that it does not list", async () => {
    const { list } = await create();
    for (const limit of [0, 201, 1.5]) {
      await expect(list.richest(limit)).rejects.toThrow(RangeError);
    }
  });
}

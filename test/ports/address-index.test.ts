import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMemoryAddressIndex } from "#shared/adapters/embedded/memory-address-index.ts";
import {
  openSqliteAddressIndex,
  type SqliteAddressIndex,
} from "#shared/adapters/embedded/sqlite-address-index.ts";
import { growBlock, growRandomBlock, TO_B, TO_C } from "../support/block-tree.ts";
import { flaky, seededNumbers } from "../support/flaky.ts";
import { indexAnswers } from "../support/index-answers.ts";
import { disposedOf, temporaryFolder } from "../support/temporary-folder.ts";
import { EXOS_WIRE } from "../support/wires.ts";
import { addAndFollow, addressIndexContract } from "./address-index.contract.ts";

const memory = () => createMemoryAddressIndex({ wire: EXOS_WIRE });
const sqlite = async (folder = temporaryFolder()) =>
  disposedOf(await openSqliteAddressIndex({ path: join(folder, "i.sqlite"), wire: EXOS_WIRE }));

describe("memory address index", () => addressIndexContract(async () => memory()));

describe.each([1, 2])("memory address index on bad day %i", (seed) =>
  addressIndexContract(async () => flaky(memory(), seed)),
);

describe("sqlite address index", () => {
  // Starting a thread takes longer than a test: two serve all, emptied in between.
  const started: SqliteAddressIndex[] = [];
  const emptied = async (which: 0 | 1): Promise<SqliteAddressIndex> => {
    const index = started[which];
    if (index === undefined) throw new RangeError("not started");
    await index.clear();
    return index;
  };
  beforeAll(async () => {
    for (let count = 0; count < 2; count++) {
      started.push(await openSqliteAddressIndex({ path: ":memory:", wire: EXOS_WIRE }));
    }
  });
  afterAll(async () => {
    for (const index of started) await index[Symbol.asyncDispose]();
  });

  addressIndexContract(() => emptied(0));

  const genesis = growBlock(undefined, 0, [{ spends: [], pays: [[7n, TO_B]] }]);

  it("has after a new start what it had before", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "i.sqlite");
    {
      await using index = await openSqliteAddressIndex({ path, wire: EXOS_WIRE });
      await addAndFollow(index, genesis);
    }
    const index = await sqlite(folder);
    expect(await index.cursor()).toEqual({ height: 0, hash: genesis.hash });
  });

  it("names the command that builds it again when its file is damaged or of another version", async () => {
    const repair = {
      name: "StoreFault",
      code: "EXOS-E1010",
      retryable: false,
      message: expect.stringContaining("exos repair --from index"),
    };
    const folder = temporaryFolder();
    writeFileSync(join(folder, "i.sqlite"), "nonsense ".repeat(1_000));
    await expect(sqlite(folder)).rejects.toMatchObject(repair);

    const newer = temporaryFolder();
    const db = new DatabaseSync(join(newer, "i.sqlite"));
    db.exec("pragma user_version = 99");
    db.close();
    await expect(sqlite(newer)).rejects.toMatchObject(repair);
  });

  it("leaves nothing of a block that cannot be written whole", async () => {
    const index = await emptied(0);
    const one = growBlock(genesis, 1, [{ spends: [], pays: [[50n, TO_B]] }]);
    const spends = one.coins.slice(0, 1);
    const twice = growBlock(one, 2, [
      { spends: [], pays: [[50n, TO_B]] },
      { spends, pays: [[50n, TO_C]] },
      { spends, pays: [[49n, TO_C]] },
    ]);
    await addAndFollow(index, one);
    await expect(index.add([twice])).rejects.toMatchObject({ name: "StoreFault" });
    await expect(index.follow(twice.hash)).rejects.toThrow(RangeError);
    expect(await index.totals(TO_C)).toMatchObject({ coins: 0 });
    await addAndFollow(index, growBlock(one, 3, [{ spends: [], pays: [[50n, TO_C]] }]));
    expect(await index.totals(TO_C)).toMatchObject({ coins: 1 });
  });

  it("answers a call after its end with a fault", async () => {
    const path = join(temporaryFolder(), "i.sqlite");
    const index = await openSqliteAddressIndex({ path, wire: EXOS_WIRE });
    await index[Symbol.asyncDispose]();
    await expect(index.cursor()).rejects.toMatchObject({ name: "StoreFault" });
  });

  it.each([1, 2, 3, 4])(
    "answers after any reorganisations as one built from scratch, and as memory, seed %i",
    async (seed) => {
      const next = seededNumbers(seed);
      const blocks = [genesis];
      const [first, second, third] = [await emptied(0), memory(), await emptied(1)];
      for (let step = 0; step < 30; step++) {
        const above = blocks.slice(-8);
        const parent = above[Math.floor(next() * above.length)] ?? genesis;
        const tip = growRandomBlock(next() < 0.6 ? (blocks.at(-1) ?? genesis) : parent, next);
        blocks.push(tip);
        for (const index of [first, second]) await addAndFollow(index, tip);
      }
      const tip = blocks[Math.floor(next() * blocks.length)] ?? genesis;
      for (const index of [first, second, third]) await addAndFollow(index, tip);
      const expected = await indexAnswers(third, blocks);
      expect(await indexAnswers(first, blocks)).toEqual(expected);
      expect(await indexAnswers(second, blocks)).toEqual(expected);
    },
  );

  it("holds in its rows what the tree itself says", async () => {
    const next = seededNumbers(99);
    let tip = genesis;
    for (let step = 0; step < 60; step++) tip = growRandomBlock(tip, next);
    const index = await emptied(0);
    await addAndFollow(index, tip);
    const row = await index.blockRow(tip.height);
    expect(row?.coinsSum).toBe(tip.coins.length);
    expect(row?.supply).toBe(tip.coins.reduce((sum, { value }) => sum + value, 0n));
  });
});

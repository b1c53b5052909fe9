import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { ownerHash, ownerPart } from "#shared/adapters/aws/index-keys.ts";
import { decodeSummary, summaryKey } from "#shared/adapters/aws/index-summary-codec.ts";
import {
  openSqliteAddressIndex,
  type SqliteAddressIndex,
} from "#shared/adapters/embedded/sqlite-address-index.ts";
import type { AddressIndexWriter } from "#shared/ports/address-index.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../../../support/aws/dynamo-endpoint.ts";
import { openCityIndex } from "../../../support/aws/dynamo-index.ts";
import {
  growBlock,
  growRandomBlock,
  TO_B,
  TO_KEY,
  type TreeBlock,
} from "../../../support/block-tree.ts";
import { seededNumbers } from "../../../support/flaky.ts";
import { indexAnswers } from "../../../support/index-answers.ts";
import { EXOS_WIRE } from "../../../support/wires.ts";

let endpoint: DynamoEndpoint;
let sqlite: SqliteAddressIndex;
beforeAll(async () => {
  endpoint = await openDynamoEndpoint();
  sqlite = await openSqliteAddressIndex({ path: ":memory:", wire: EXOS_WIRE });
});
afterAll(async () => {
  await sqlite[Symbol.asyncDispose]();
  await endpoint[Symbol.asyncDispose]();
});

const genesis = growBlock(undefined, 0, [{ spends: [], pays: [[7n, TO_B]] }]);

async function append(index: AddressIndexWriter, block: TreeBlock): Promise<void> {
  const { height, hash, bytes } = block;
  await index.add([{ height, hash, bytes: bytes.slice() }]);
}

/** Four transactions of one owner in each block, one of which pays another. */
function growBusyBlock(prev: TreeBlock, nonce: number): TreeBlock {
  const own = prev.coins.filter(({ script }) => script === TO_KEY).slice(0, 3);
  const payments = own.map((coin, at) => {
    const part = coin.value / 2n;
    const pays: [bigint, Uint8Array][] = [
      [part, TO_KEY],
      [coin.value - part, at === 0 ? TO_B : TO_KEY],
    ];
    return { spends: [coin], pays };
  });
  return growBlock(prev, nonce, [{ spends: [], pays: [[50n, TO_KEY]] }, ...payments]);
}

describe("an index in a table and one in a file", () => {
  it.each([1, 2])(
    "give the same pages, cursors included, whatever tip the city has, seed %i",
    async (seed) => {
      const next = seededNumbers(seed);
      await sqlite.clear();
      const city = await openCityIndex(endpoint.client(), { commits: false });
      const blocks = [genesis];
      const pick = (from: readonly TreeBlock[]) =>
        from[Math.floor(next() * from.length)] ?? genesis;
      for (const index of [city, sqlite]) await append(index, genesis);
      for (let step = 0; step < 16; step++) {
        const parent = next() < 0.6 ? (blocks.at(-1) ?? genesis) : pick(blocks.slice(-8));
        const block = growRandomBlock(parent, next);
        // Headers of these trees commit to a nonce alone.
        if (blocks.some(({ hash }) => hash === block.hash)) continue;
        blocks.push(block);
        for (const index of [city, sqlite]) await append(index, block);
        if (step % 8 !== 7) continue;
        // The follower is anywhere, and so is the tip.
        const followed = pick(blocks.slice(-8));
        await city.commit(pick(blocks.slice(-8)).hash);
        for (const index of [city, sqlite]) await index.follow(followed.hash);
        expect(await indexAnswers(city, blocks)).toEqual(await indexAnswers(sqlite, blocks));
      }
    },
  );

  it("give the same pages where summaries were folded, and after reorganisations above them", async () => {
    await sqlite.clear();
    const city = await openCityIndex(endpoint.client(), { commits: false });
    const blocks = [genesis];
    for (let step = 0; step < 64; step++) {
      const isRival = step > 59 && step % 2 === 0;
      blocks.push(growBusyBlock(blocks.at(isRival ? -2 : -1) ?? genesis, step));
    }
    for (const index of [city, sqlite]) {
      for (const block of blocks) await append(index, block);
    }
    const part = ownerPart(ownerHash(TO_KEY) ?? new Uint8Array(0));
    const table = createDynamoTable({ client: endpoint.client(), table: `${city.name}-g0` });
    const folded: (number | undefined)[] = [];
    for (const [at, final] of [
      [34, 30],
      [36, 32],
      [29, 25],
      [62, 58],
      [64, 59],
      [61, 59],
    ] as const) {
      const tip = blocks[at] ?? genesis;
      await city.commit(tip.hash, final);
      for (const index of [city, sqlite]) await index.follow(tip.hash);
      const expected = await indexAnswers(sqlite, blocks.slice(0, 8), 60);
      expect(await indexAnswers(city, blocks.slice(0, 8), 60)).toEqual(expected);
      const item = await table.get(summaryKey(part));
      folded.push(item === undefined ? undefined : decodeSummary(item).up);
    }
    expect(folded).toEqual([30, 30, 30, 58, 58, 58]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { ownerHash, ownerPart } from "#shared/adapters/aws/index-keys.ts";
import {
  decodeSummary,
  encodeSummary,
  summaryKey,
} from "#shared/adapters/aws/index-summary-codec.ts";
import { NO_SUMMARY } from "#shared/adapters/aws/owner-tally.ts";
import { createMemoryAddressIndex } from "#shared/adapters/embedded/memory-address-index.ts";
import type { AddressIndex } from "#shared/ports/address-index.ts";
import { allOf, coinList } from "../../../support/aws/busy-owner.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../../../support/aws/dynamo-endpoint.ts";
import { openCityIndex } from "../../../support/aws/dynamo-index.ts";
import { chainOf, growBlock, TO_B, TO_C, type TreeBlock } from "../../../support/block-tree.ts";
import { EXOS_WIRE } from "../../../support/wires.ts";

/** More than a reader meets before it folds them. */
const BLOCKS = 115;
const GENESIS = growBlock(undefined, 0, [{ spends: [], pays: [[7n, TO_B]] }]);

function grow(from: TreeBlock, count: number, nonce: number, to: readonly Uint8Array[]): TreeBlock {
  let at = from;
  const pays = to.map((script) => [1n, script] as const);
  for (let grown = 0; grown < count; grown++) at = growBlock(at, nonce, [{ spends: [], pays }]);
  return at;
}

const left = grow(GENESIS, BLOCKS, 1, [TO_B, TO_C]);
const loaded = grow(GENESIS, BLOCKS + 2, 2, [TO_B]);
const above = grow(loaded, 5, 3, [TO_B]);

let endpoint: DynamoEndpoint;
beforeAll(async () => {
  endpoint = await openDynamoEndpoint();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

const indexed = (end: TreeBlock) =>
  chainOf(end).map(({ height, hash, bytes }) => ({ height, hash, bytes: bytes.slice() }));

async function openCity(...ends: readonly TreeBlock[]) {
  const city = await openCityIndex(endpoint.client(), { commits: false });
  for (const end of ends) await city.add(indexed(end));
  const table = createDynamoTable({ client: endpoint.client(), table: `${city.name}-g0` });
  return {
    city,
    table,
    async follow(end: TreeBlock, final: number) {
      await city.commit(end.hash, final);
      await city.follow(end.hash);
    },
    async summaryOf(script: Uint8Array) {
      const item = await table.get(summaryKey(partOf(script)));
      return item && decodeSummary(item);
    },
  };
}

function partOf(script: Uint8Array): Uint8Array {
  return ownerPart(ownerHash(script) ?? new Uint8Array(0));
}

/** What an index that never saw another chain says. */
async function plainIndex(end: TreeBlock): Promise<AddressIndex> {
  const index = createMemoryAddressIndex({ wire: EXOS_WIRE });
  await index.add(indexed(end));
  await index.follow(end.hash);
  return index;
}

function answersOf(index: AddressIndex) {
  const ask = async (script: Uint8Array) => [
    await index.totals(script),
    await allOf(coinList(index, script, 200)),
  ];
  return Promise.all([TO_B, TO_C].map(ask));
}

describe("an owner whose history was summed up on a chain that the city left for good", () => {
  it("has what the chain says that was loaded instead, also where the index goes on by itself", async () => {
    const { city, follow, summaryOf } = await openCity(left, above);
    await follow(left, BLOCKS - 5);
    await answersOf(city);
    for (const script of [TO_B, TO_C]) {
      expect(await summaryOf(script)).toMatchObject({ up: BLOCKS - 5, rev: 1 });
    }
    // The first tip of a loaded set is final.
    for (const end of [loaded, above]) {
      await follow(end, loaded.height);
      expect(await answersOf(city)).toEqual(await answersOf(await plainIndex(end)));
      const final = { up: loaded.height, hash: loaded.hash, rev: 2 };
      expect(await summaryOf(TO_B)).toMatchObject(final);
    }
  });

  it("is summed up anew where the summary does not name its block", async () => {
    const { city, follow, summaryOf, table } = await openCity(left);
    await follow(left, BLOCKS - 5);
    const old = { ...NO_SUMMARY, up: 50, hash: undefined, rev: 7 };
    await table.put(encodeSummary(partOf(TO_B), old));
    expect(await answersOf(city)).toEqual(await answersOf(await plainIndex(left)));
    expect(await summaryOf(TO_B)).toMatchObject({ up: BLOCKS - 5, rev: 8 });
  });
});

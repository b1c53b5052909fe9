import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SUMMARY_COINS_MAX } from "#shared/adapters/aws/owner-tally.ts";
import type { AddressIndex } from "#shared/ports/address-index.ts";
import {
  allOf,
  coinList,
  foldedUp,
  follow,
  GENESIS,
  openBoth,
  patiently,
} from "../../../support/aws/busy-owner.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../../../support/aws/dynamo-endpoint.ts";
import { growBlock, TO_B, TO_C } from "../../../support/block-tree.ts";

let endpoint: DynamoEndpoint;
beforeAll(async () => {
  endpoint = await openDynamoEndpoint();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

describe("an owner with more coins than a summary lists", () => {
  it("is listed page by page where a summary has no room for its coins, whatever it is at", async () => {
    const many = Array.from({ length: SUMMARY_COINS_MAX + 4 }, () => [1n, TO_C] as const);
    const crowd = growBlock(GENESIS, 1, [{ spends: [], pays: many }]);
    const blocks = [GENESIS, crowd];
    for (let at = 0; at < 20; at++) {
      const prev = blocks.at(-1) ?? crowd;
      const spends = prev.coins.filter(({ script }) => script === TO_C).slice(40, 60);
      const pays: [bigint, Uint8Array][] = [[20n, at % 2 === 0 ? TO_C : TO_B]];
      blocks.push(
        growBlock(prev, 2 + at, [
          { spends: [], pays: [[5n, TO_C]] },
          { spends, pays },
        ]),
      );
    }
    const both = await openBoth(endpoint.client(), blocks);
    const { city, memory } = both;
    await follow(both, blocks[15] ?? GENESIS, 12);
    const ask = (index: AddressIndex) => coinList(index, TO_C, 200);
    const old = await patiently(() => ask(city)(undefined));
    const cursor = old.answer.ok ? old.answer.value.next : undefined;
    await follow(both, blocks.at(-1) ?? GENESIS, 19);
    expect((await patiently(() => city.totals(TO_C))).answer).toEqual(await memory.totals(TO_C));
    expect(await foldedUp(endpoint.client(), city, TO_C)).toBeGreaterThan(15);
    for (const from of [undefined, cursor]) {
      const listed = await allOf(ask(city), from);
      expect(listed.items).toEqual((await allOf(ask(memory), from)).items);
      expect(listed.items.length).toBeGreaterThan(SUMMARY_COINS_MAX - 600);
    }
  });
});

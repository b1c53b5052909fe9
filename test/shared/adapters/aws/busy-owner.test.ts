import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AddressIndex } from "#shared/ports/address-index.ts";
import { height } from "#shared/primitives/brand.ts";
import {
  allOf,
  type Both,
  coinList,
  foldedUp,
  follow,
  GENESIS,
  growStakers,
  once,
  openBoth,
  patiently,
} from "../../../support/aws/busy-owner.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../../../support/aws/dynamo-endpoint.ts";
import { TO_B, TO_KEY } from "../../../support/block-tree.ts";

const trunk = [GENESIS, ...growStakers(GENESIS, 26, 1)];
const rivals = growStakers(trunk[24] ?? GENESIS, 3, 100);
const [tip = GENESIS] = trunk.slice(-1);
const [top = GENESIS] = rivals.slice(-1);

let endpoint: DynamoEndpoint;
let both: Both;
beforeAll(async () => {
  endpoint = await openDynamoEndpoint();
  both = await openBoth(endpoint.client(), [...trunk, ...rivals]);
  await follow(both, tip, 20);
});
afterAll(() => endpoint[Symbol.asyncDispose]());

describe("an owner with more history than one call can read", () => {
  it("is summed up in several calls, of which each gets further, across a reorganisation", async () => {
    const { city, memory } = both;
    const upNow = () => foldedUp(endpoint.client(), city, TO_KEY);
    const ups: (number | undefined)[] = [];
    for (let call = 0; call < 3; call++) {
      expect(await once(() => city.totals(TO_KEY))).toBe("again");
      ups.push(await upNow());
    }
    await follow(both, top, 23);
    const { answer, again } = await patiently(() => city.totals(TO_KEY));
    expect(answer).toEqual(await memory.totals(TO_KEY));
    expect(answer.at.hash).toBe(top.hash);
    ups.push(await upNow());
    expect(ups.map((up = -1, at) => up > (ups[at - 1] ?? -1))).toEqual(ups.map(() => true));
    expect(again).toBeGreaterThan(0);
    // What is left above the summary is of blocks that may still go.
    expect(await once(() => city.totals(TO_KEY))).toEqual(answer);
  });

  it("lists its coins after as many calls, as memory does", async () => {
    const { city, memory } = both;
    expect(await once(() => city.coins({ script: TO_B, limit: 200 }))).toBe("again");
    const listed = await allOf(coinList(city, TO_B, 20));
    expect(listed.items).toEqual((await allOf(coinList(memory, TO_B, 20))).items);
  });

  it("gives short pages of a kind that is rare, and all of it in the end", async () => {
    const ask = (index: AddressIndex) => (cursor: string | undefined) =>
      index.history({ script: TO_KEY, limit: 9, kind: "coinbase", cursor });
    const listed = await allOf(ask(both.city));
    expect(listed.items).toEqual((await allOf(ask(both.memory))).items);
    expect(listed.pages).toBeGreaterThan(10);
  });

  it("is searched for what spends an output below the floor of the coins, as long as a call has", async () => {
    const { city, memory } = both;
    const { chainState } = city;
    const tip = await chainState.tip();
    if (tip === undefined) throw new RangeError("no tip");
    const gen = await chainState.createGeneration();
    const floor = height(23);
    await chainState.commit(tip.rev, { tip: { ...tip, rev: tip.rev + 1, gen, floor }, frozen: [] });
    const [near, far] = [trunk[1], trunk[9]].map((block) => block?.transactions[0]?.txid);
    if (near === undefined || far === undefined) throw new RangeError("no coinbase");
    expect(await city.spenders(near)).toEqual(await memory.spenders(near));
    expect((await memory.spenders(far)).get(0)?.height).toBeLessThanOrEqual(floor);
    const fault = { code: "EXOS-E1016", retryable: false };
    await expect(city.spenders(far)).rejects.toMatchObject(fault);
  });
});

import { afterAll, beforeAll, expect, it } from "vitest";
import { acceptBlock } from "#services/validate/accept-block.ts";
import { connectCandidates } from "#services/validate/connect.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { lintRequests } from "../../support/aws/lint-requests.ts";
import type { RequestRecord } from "../../support/aws/record-requests.ts";
import { sumUnits } from "../../support/aws/request-meter.ts";
import { openSettledCity, type SettledCity } from "../../support/aws/settled-city.ts";
import { buildTransaction, output } from "../../support/block-builder.ts";
import { OTHER, OWNER } from "../../support/rich-chain.ts";

/** What the rest of a city writes of a near-empty block: index, and the cursors of two followers. */
const FOLLOWERS = 4 + 2;
/** The tip with its largest window, as the test of the coin store has it. */
const LARGEST_TIP = 19;

let city: SettledCity;
beforeAll(async () => {
  city = await openSettledCity(40);
});
afterAll(() => city[Symbol.asyncDispose]());

/** Hand a block in and connect it. @returns what was asked for */
async function follow(bytes: Uint8Array): Promise<readonly RequestRecord[]> {
  city.records.length = 0;
  expect(await acceptBlock(bytes, city.deps)).toMatchObject({ state: "accepted" });
  await connectCandidates(city.deps);
  expect((await city.deps.coins.tip())?.hash).toBe(city.chain.tip.hash);
  return [...city.records];
}

const isTip = ({ leadingKeys }: RequestRecord) => leadingKeys[0] === "TIP";
const isCoin = ({ resource }: RequestRecord) => resource.endsWith("-coins-g0");
const isWrite = ({ action }: RequestRecord) => /^(Put|Update|Delete)/.test(action);

/** @source cloud.md 16, bar 4 */
it("a near-empty staked block costs at most 38 units to write, all in", async () => {
  const records = await follow(city.next("stake"));
  expect(records.filter((record) => isTip(record) && isWrite(record))).toHaveLength(1);
  expect(sumUnits(records.filter((record) => isCoin(record) && isWrite(record))).writes).toBe(3);
  const { writes } = sumUnits(records.filter((record) => !isTip(record)));
  expect(writes + LARGEST_TIP + FOLLOWERS).toBeLessThanOrEqual(38);
  expect(lintRequests(records, "connect")).toEqual([]);
});

it("a transaction with two inputs and two outputs costs three units of chain state", async () => {
  const { chain } = city;
  const empty = await follow(city.next("work"));
  const inputs = [chain.coinbaseAt(5), chain.coinbaseAt(6)];
  const [value = 0n] = inputs.map(({ coin }) => coin.value);
  const outputs = [output(value, OTHER.payToHash), output(value - 100_000n, OWNER.payToHash)];
  const time = chain.tip.header.time;
  const transactions = [buildTransaction({ time, inputs, outputs }, chain.network.consensus)];
  const block = chain.work({ transactions });
  chain.append(block);
  const full = await follow(encodeBlock(block, chain.network.consensus.wire));
  expect(sumUnits(full).writes - sumUnits(empty).writes).toBe(3);
});

import { afterAll, beforeAll, expect, it } from "vitest";
import { createDynamoCoinStore } from "#shared/adapters/aws/dynamo-coin-store.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { genesisTip, nextTip, type Tip } from "#shared/coins/tip.ts";
import { cutView } from "#shared/coins/view.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { makeCityTables } from "../support/aws/city-tables.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../support/aws/dynamo-endpoint.ts";
import { lintRequests } from "../support/aws/lint-requests.ts";
import { recordRequests } from "../support/aws/record-requests.ts";
import { coinHeight, growBy, hashOf, type TestBlock, testBlock } from "../support/coin-chain.ts";

const DEPTHS = [1, 2, 64, 65, 499, 500];
const LIMIT = { reorgBlocksMax: 500 };
/** Heights of the trunk, whose tip both branches leave. */
const TRUNK = 600;

let endpoint: DynamoEndpoint;
beforeAll(async () => {
  endpoint = await openDynamoEndpoint();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

/** Blocks of a branch; every tenth makes a coin, and the first spends one of the trunk. */
function branchOf(name: string): TestBlock[] {
  return Array.from({ length: 502 }, (_, at) => {
    const makes = at % 10 === 0 ? { [`${name}${at}`]: 1 } : {};
    return testBlock(TRUNK + 1 + at, name, makes, at === 0 ? ["shared:0"] : []);
  });
}

/** @source cloud.md 16, bar 3 */
it(`a reorganisation of depth ${DEPTHS.join(", ")} over tables is one put of the tip`, async () => {
  const client = endpoint.client();
  const records = recordRequests(client);
  const store = createDynamoCoinStore({
    client,
    tables: await makeCityTables(endpoint.client(), ["chain", "coins"]),
    dialect: "exos",
    clock: createManualClock(unixSeconds(1_700_000_000)),
    entropy: createSystemEntropy(),
  });
  const first = genesisTip({ hash: hashOf("t0"), work: 0n });
  await store.commit(0, first);
  const trunk = Array.from({ length: TRUNK }, (_, at) =>
    testBlock(at + 1, "t", at === TRUNK - 1 ? { shared: 1 } : {}),
  );
  for (const block of trunk) await store.apply(0, block.marks);
  const onTrunk = nextTip(first.tip, growBy(first.tip, trunk), LIMIT);
  await store.commit(1, onTrunk);
  const fork = trunk.at(-1) ?? first.tip;
  const branches = [branchOf("a"), branchOf("b")] as const;

  /** Let the tip follow the first blocks of a branch, from wherever it is. */
  const follow = async (tip: Tip, branch: readonly TestBlock[], blocks: number): Promise<Tip> => {
    for (const block of branch.slice(0, blocks)) await store.apply(0, block.marks);
    const view = growBy(cutView(tip, fork), branch.slice(0, blocks));
    const next = nextTip(tip, view, LIMIT);
    expect(await store.commit(tip.rev, next)).toBe(true);
    return next.tip;
  };

  let tip = onTrunk.tip;
  for (const [turn, depth] of DEPTHS.entries()) {
    const [ours, theirs] = turn % 2 === 0 ? branches : [branches[1], branches[0]];
    if (tip.height < TRUNK + depth) tip = await follow(tip, ours, depth);
    expect(tip).toMatchObject({ height: TRUNK + depth, hash: ours[depth - 1]?.hash });
    records.length = 0;
    tip = await follow(tip, theirs, depth + 1);
    const writes = records.filter(({ action }) => /^(Put|Delete)/.test(action));
    const told = writes.map(({ action, leadingKeys }) => `${action} ${leadingKeys[0]}`);
    expect(
      told.filter((one) => !one.startsWith("PutItem F#")),
      `depth ${depth}`,
    ).toEqual(["PutItem TIP"]);
    expect(lintRequests(records, "connect")).toEqual([]);
    expect(await coinHeight(store, tip, `${theirs === branches[0] ? "a" : "b"}0:0`)).toBe(
      TRUNK + 1,
    );
    expect(await coinHeight(store, tip, `${ours === branches[0] ? "a" : "b"}0:0`)).toBeUndefined();
    expect(await coinHeight(store, tip, "shared:0")).toBeUndefined();
  }
});

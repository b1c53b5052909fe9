import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDynamoCoinStore } from "#shared/adapters/aws/dynamo-coin-store.ts";
import { exportSnapshot } from "#shared/adapters/embedded/export-snapshot.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryCoinStore } from "#shared/adapters/embedded/memory-coin-store.ts";
import { createMemoryHeaderStore } from "#shared/adapters/embedded/memory-header-store.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import { genesisTip, nextTip, type Tip } from "#shared/coins/tip.ts";
import { cutView, growView, type View } from "#shared/coins/view.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { CoinStore, ScannedItem } from "#shared/ports/coin-store.ts";
import { oneAfterTheOther } from "#shared/ports/in-turn.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { makeCityTables } from "../../support/aws/city-tables.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../../support/aws/dynamo-endpoint.ts";
import { sortHere } from "../../support/aws/sort-here.ts";
import { countTotals, testBlock } from "../../support/coin-chain.ts";
import { seededNumbers } from "../../support/flaky.ts";
import { headerRecord } from "../../support/header-records.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** A short window, so that the settled block lies below it. */
const LIMIT = { reorgBlocksMax: 12 };
const SETTLED = 40;
const LENGTH = 90;

const chain: HeaderRecord[] = [headerRecord(undefined, 0)];
while (chain.length <= LENGTH) chain.push(headerRecord(chain.at(-1), 0));

/** What a block makes, and a coin that it spends of the trunk, which every branch may spend. */
function marksAt(record: HeaderRecord) {
  const name = `in ${record.hash}`;
  const victim = chain[1 + ((record.height * 7) % (SETTLED - 2))];
  const spends = record.height > SETTLED - 2 ? [`in ${victim?.hash}:1`] : [];
  const { marks } = testBlock(record.height, "", { [name]: 9 }, spends);
  const mark = { height: record.height, hash: record.hash };
  return marks.map((one) => ({ ...one, mark }));
}

/** Blocks of this height's chain alone, counted by a replay. */
async function expectedAt(to: number) {
  const coins = createMemoryCoinStore("exos");
  const tip = await grow(coins, to);
  const totals = await countTotals(coins, { tip, frozen: [] });
  return RunningTotals.decode("exos", totals).totals();
}

/** The trunk on an empty store, ten blocks a commit. @param to height of its last block */
async function grow(coins: CoinStore, to: number): Promise<Tip> {
  const [genesis, ...blocks] = chain.slice(0, to + 1);
  if (genesis === undefined) throw new RangeError("no genesis");
  let { tip } = genesisTip(genesis);
  await coins.commit(0, { tip, frozen: [] });
  for (let from = 0; from < blocks.length; from += 10) {
    const part = blocks.slice(from, from + 10);
    for (const record of part) await coins.apply(0, marksAt(record));
    const next = nextTip(tip, part.reduce<View>(growView, tip), LIMIT);
    if (!(await coins.commit(tip.rev, next))) throw new RangeError("lost a race with nobody");
    tip = next.tip;
  }
  return tip;
}

/** A writer that grows the chain, and leaves the last blocks for others every second time. */
function createWriter(coins: CoinStore, seed: number) {
  const next = seededNumbers(seed);
  const known = new Map(chain.map((record) => [record.hash, record]));
  let commits = 0;
  return {
    commits: () => commits,
    async commit(): Promise<void> {
      const tip = await coins.tip();
      if (tip === undefined) throw new RangeError("no tip");
      const depth = Math.min(Math.floor(next() * 4), tip.height - tip.final);
      const fork = known.get(tip.win[tip.height - depth - tip.base] ?? tip.hash);
      if (fork === undefined) throw new RangeError("no fork");
      let view: View = depth === 0 ? tip : cutView(tip, fork);
      let parent = fork;
      for (let blocks = 0; blocks <= depth; blocks++) {
        const above = headerRecord(parent, 1 + Math.floor(next() * 3));
        // Alike in work, so that the longer branch wins.
        parent = { ...above, work: parent.work + 1n };
        known.set(parent.hash, parent);
        await coins.apply(0, marksAt(parent));
        view = growView(view, parent);
      }
      if (await coins.commit(tip.rev, nextTip(tip, view, LIMIT))) commits++;
    },
  };
}

async function headersOfTrunk() {
  const headers = createMemoryHeaderStore();
  for (const record of chain) await headers.put(record);
  return headers;
}

/** Export the settled block. @param coins whose scan others write into */
async function exported(coins: CoinStore) {
  const record = chain[SETTLED];
  if (record === undefined) throw new RangeError("no block");
  const { muhash, coins: count, supply } = await expectedAt(SETTLED);
  const source = {
    network: exosRegtest,
    coins,
    headers: await headersOfTrunk(),
    program: "test",
  };
  const settled = { record, muhash: toHashHex(muhash) };
  const manifest = await exportSnapshot(source, temporaryFolder(), settled);
  return { manifest, expected: { muhash: toHashHex(muhash), coins: count, supply } };
}

describe("a snapshot of a block below the window", () => {
  it("equals the replay, though a thousand tips are committed during its scan", async () => {
    const coins = createMemoryCoinStore("exos");
    await grow(coins, LENGTH);
    const writer = createWriter(coins, 1);
    async function* scan(view: View): AsyncGenerator<ScannedItem> {
      for await (const item of coins.scan(view)) {
        for (let more = 0; more < 10 && writer.commits() < 1_000; more++) await writer.commit();
        yield item;
      }
    }
    const busy: CoinStore = new Proxy(coins, {
      get: (target, name) => {
        if (name === "scan") return scan;
        const member: unknown = Reflect.get(target, name);
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
    const { manifest, expected } = await exported(busy);
    expect(manifest).toMatchObject({ ...expected, height: SETTLED, hash: chain[SETTLED]?.hash });
    expect(manifest.headers.count).toBe(SETTLED + 1);
    expect(writer.commits()).toBe(1_000);
    const tip = await coins.tip();
    expect(tip?.base).toBeGreaterThan(SETTLED);
  });

  it("is refused for a block of another branch, above final, or with another set hash", async () => {
    const coins = createMemoryCoinStore("exos");
    await grow(coins, LENGTH);
    const source = { network: exosRegtest, coins, headers: await headersOfTrunk(), program: "t" };
    const { muhash } = await expectedAt(SETTLED);
    const settled = (record: HeaderRecord | undefined, hash = toHashHex(muhash)) => {
      if (record === undefined) throw new RangeError("no block");
      return exportSnapshot(source, temporaryFolder(), { record, muhash: hash });
    };
    await expect(settled(headerRecord(chain[SETTLED - 1], 2))).rejects.toThrow("no final one");
    await expect(settled(chain[LENGTH - 2])).rejects.toThrow("no final one");
    const other = toHashHex((await expectedAt(SETTLED - 1)).muhash);
    await expect(settled(chain[SETTLED], other)).rejects.toThrow("do not have their set hash");
    expect((await settled(chain[SETTLED])).height).toBe(SETTLED);
  });
});

describe("a snapshot of a shared table", () => {
  let endpoint: DynamoEndpoint;
  beforeAll(async () => {
    endpoint = await openDynamoEndpoint();
  });
  afterAll(() => endpoint[Symbol.asyncDispose]());

  it("equals the replay while others commit between the requests of its scan", async () => {
    const client = endpoint.client();
    const tables = await makeCityTables(client, ["chain", "coins"]);
    const open = (send: typeof client) =>
      createDynamoCoinStore({
        client: send,
        tables,
        dialect: "exos",
        clock: createManualClock(unixSeconds(1_700_000_000)),
        entropy: createSystemEntropy(),
        sort: sortHere,
      });
    const coins = open(client);
    await grow(coins, LENGTH);
    const writer = createWriter(coins, 2);
    // The parts of a scan run side by side; their writers would only lose races against each other.
    const inTurn = oneAfterTheOther();
    let scans = 0;
    const busy = endpoint.client();
    busy.middlewareStack.add(
      (sendOn, { commandName }) =>
        async (input) => {
          if (commandName !== "ScanCommand") return sendOn(input);
          scans++;
          await inTurn(() => writer.commit());
          const output = await sendOn(input);
          await inTurn(() => writer.commit());
          return output;
        },
      { step: "initialize" },
    );
    const { manifest, expected } = await exported(open(busy));
    expect(manifest).toMatchObject(expected);
    expect(scans).toBe(8);
    expect(writer.commits()).toBe(16);
  });
});

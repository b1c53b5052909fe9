import { describe, expect, it } from "vitest";
import { openLevelCoinStore } from "#shared/adapters/embedded/level-coin-store.ts";
import { coinKeyOf } from "#shared/coins/coin-key.ts";
import { genesisTip, type Tip } from "#shared/coins/tip.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { txidOf } from "../support/coin-chain.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { ChainTree, createDice, type ModelBlock } from "./chain-tree.ts";
import {
  nameOf,
  type PortRun,
  portConnector,
  portLoader,
  portReader,
  readCoins,
} from "./port-actors.ts";

const BLOCKS = 110;
const STEPS = 2_400;

type Store = Awaited<ReturnType<typeof openLevelCoinStore>>;

/** Every output of the tree at this tip, and the totals, against a replay. */
async function checkAll(store: Store, tip: Tip, run: PortRun): Promise<void> {
  const block = run.byHash.get(tip.hash);
  const ids = [...new Set(run.outpoints.map((outpoint) => outpoint.split(":")[0] ?? ""))];
  const steps = readCoins(
    run,
    tip,
    ids.map((id) => coinKeyOf(txidOf(id), 0)),
  );
  let step = await steps.next();
  while (step.done !== true) step = await steps.next();
  for (const outpoint of run.outpoints) {
    const [id = "", index = "0"] = outpoint.split(":");
    const found = step.value.coin({ txid: txidOf(id), index: Number(index) })?.height;
    expect(found, `${outpoint} at ${block?.hash}`).toBe(block?.coins.get(outpoint));
  }
  expect((await store.totals(tip)).coins).toBe(block?.coins.size);
}

/** Whether the actor met a fault after which it starts over. */
async function hasFailed(actor: AsyncGenerator | undefined): Promise<boolean> {
  try {
    await actor?.next();
    return false;
  } catch (cause) {
    if (cause instanceof StoreFault && cause.retryable) return true;
    throw cause;
  }
}

/** One seed: actors take turns, call by call; the store is flushed, killed and opened again. */
async function runPort(seed: number, cacheMebibytes: number) {
  const dice = createDice(seed);
  const tree = new ChainTree(dice, 12);
  while (tree.blocks.length < BLOCKS) tree.grow();
  const hidden = tree.blocks.slice(1);
  const folder = temporaryFolder();
  let kills = 0;
  // Every other life has room for the spends of a few blocks only.
  const open = () => {
    const journalKeysMax = kills % 2 === 0 ? 262_144 : 20;
    return openLevelCoinStore({ folder, dialect: "exos", cacheMebibytes, journalKeysMax });
  };
  let store = await open();
  const shared = {
    dice,
    arrived: new Set<ModelBlock>([tree.genesis]),
    bad: new Set<ModelBlock>(),
    byHash: new Map<HashHex, ModelBlock>(tree.blocks.map((block) => [nameOf(block), block])),
    outpoints: tree.blocks.flatMap(({ txs }) =>
      txs.flatMap(({ id, outputs }) => Array.from({ length: outputs }, (_, at) => `${id}:${at}`)),
    ),
    failures: [] as string[],
    count: { commits: 0, verdicts: 0, reads: 0, switches: 0 },
  };
  const roles = [
    portConnector,
    portConnector,
    portConnector,
    portConnector,
    portReader,
    portLoader,
  ];
  const start = (): { run: PortRun; actors: AsyncGenerator<undefined, void, void>[] } => {
    const run: PortRun = { ...shared, store, late: [] };
    return { run, actors: roles.map((role) => role(run)) };
  };
  const first = genesisTip({ hash: nameOf(tree.genesis), work: 0n });
  await store.commit(0, first);
  await store.flush();
  let { run, actors } = start();
  for (let step = 0; step < STEPS; step++) {
    const luck = dice.next();
    const at = dice.below(actors.length);
    if (luck < 0.08) {
      const [block] = hidden.splice(dice.below(Math.min(hidden.length, 8)), 1);
      if (block !== undefined) shared.arrived.add(block);
    } else if (luck < 0.1) {
      const [late] = run.late.splice(dice.below(run.late.length), 1);
      await late?.();
    } else if (luck < 0.115) {
      const tip = await store.tip();
      await store.flush();
      expect(store.flushed()).toEqual(tip);
    } else if (luck < 0.12) {
      // A scan flushes as well, so the store is asked what is durable.
      const flushed = store.flushed();
      await store[Symbol.asyncDispose]();
      kills++;
      store = await open();
      expect(await store.tip()).toEqual(flushed);
      ({ run, actors } = start());
      if (flushed !== undefined) await checkAll(store, flushed, run);
    } else if (luck < 0.13) actors[at] = (roles[at] ?? portConnector)(run);
    else if (await hasFailed(actors[at])) actors[at] = (roles[at] ?? portConnector)(run);
  }
  const tip = await store.tip();
  if (tip !== undefined) await checkAll(store, tip, run);
  await store[Symbol.asyncDispose]();
  return { ...shared.count, failures: shared.failures, kills, tip };
}

describe("the scenario of the model over the LevelDB store", () => {
  it.each([
    { seed: 1, cache: 1 },
    { seed: 2, cache: 0 },
    { seed: 3, cache: 1 },
    { seed: 4, cache: 0 },
    { seed: 5, cache: 0 },
    { seed: 6, cache: 1 },
    { seed: 76, cache: 1 },
    { seed: 9, cache: 0 },
  ])(
    "holds for seed $seed with a cache of $cache MiB, killed and opened again",
    async ({ seed, cache }) => {
      const run = await runPort(seed, cache);
      expect(run.failures).toEqual([]);
      expect(run.commits).toBeGreaterThan(20);
      expect(run.verdicts).toBeGreaterThan(60);
      expect(run.kills).toBeGreaterThan(3);
    },
  );
});

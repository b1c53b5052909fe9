import { describe, expect, it } from "vitest";
import { createFlusher } from "#services/validate/flusher.ts";
import {
  type LevelCoinStore,
  openLevelCoinStore,
} from "#shared/adapters/embedded/level-coin-store.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { genesisTip, lighterTip, nextTip, type Tip } from "#shared/coins/tip.ts";
import { cutView } from "#shared/coins/view.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { growBy, hashOf, testBlock } from "../../support/coin-chain.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const LIMIT = { reorgBlocksMax: 10 };

/** A store that gathers names, and may be disturbed while it syncs them. */
class GatheringStore {
  readonly durable = new Set<string>();
  #waiting: string[] = [];
  whileSyncing: () => Promise<void> = async () => undefined;

  put(name: string): void {
    this.#waiting.push(name);
  }

  async flush(): Promise<void> {
    const syncing = this.#waiting;
    this.#waiting = [];
    await this.whileSyncing();
    for (const name of syncing) this.durable.add(name);
  }
}

/** A chain whose blocks lie in gathering stores, and whoever makes them durable. */
async function openChain() {
  const coins: LevelCoinStore = await openLevelCoinStore({
    folder: temporaryFolder(),
    dialect: "exos",
  });
  const blocks = new GatheringStore();
  const headers = new GatheringStore();
  const clock = createManualClock(unixSeconds(0));
  const flusher = createFlusher({
    blocks,
    headers,
    coins,
    clock,
    cacheBytesMax: 1e9,
    blocksMax: 1,
  });
  const next = genesisTip({ hash: hashOf("a0"), work: 0n });
  await coins.commit(0, next);
  let tip: Tip = next.tip;
  async function connect(branch = "a"): Promise<void> {
    const block = testBlock(tip.height + 1, branch);
    blocks.put(block.hash);
    headers.put(block.hash);
    await coins.apply(tip.gen, block.marks);
    const grown = nextTip(tip, growBy(tip, [block]), LIMIT);
    await coins.commit(tip.rev, grown);
    tip = grown.tip;
  }
  async function stepBack(): Promise<void> {
    const hash = tip.win[tip.height - 1 - tip.base] ?? hashOf("a0");
    const view = cutView(tip, { height: tip.height - 1, hash, work: tip.work - 1n });
    const lighter = lighterTip(tip, view, LIMIT);
    await coins.commit(tip.rev, lighter);
    tip = lighter.tip;
  }
  return { coins, blocks, headers, clock, flusher, connect, stepBack };
}

describe("the flusher", () => {
  it.each(["blocks", "headers"] as const)(
    "makes no tip durable whose block came while %s were being synced",
    async (which) => {
      const chain = await openChain();
      await using coins = chain.coins;
      await chain.connect();
      chain[which].whileSyncing = () => chain.connect();
      await chain.flusher.flush();
      const durable = coins.flushed();
      expect(durable?.height).toBe(1);
      expect(chain.blocks.durable).toContain(durable?.hash);
      expect(chain.headers.durable).toContain(durable?.hash);
    },
  );

  it("syncs blocks and headers that no tip names yet", async () => {
    const chain = await openChain();
    await using _coins = chain.coins;
    await chain.flusher.flush();
    chain.blocks.put("of a side branch");
    chain.headers.put("of a side branch");
    await chain.flusher.flush();
    expect(chain.blocks.durable).toContain("of a side branch");
    expect(chain.headers.durable).toContain("of a side branch");
  });

  it("syncs them in ten seconds, not sooner, when no tip moves", async () => {
    const chain = await openChain();
    await using _coins = chain.coins;
    await chain.flusher.flush();
    chain.blocks.put("of a side branch");
    chain.headers.put("of a side branch");
    chain.clock.advance(9_999);
    await chain.flusher.flushWhenDue();
    expect(chain.headers.durable).not.toContain("of a side branch");
    chain.clock.advance(1);
    await chain.flusher.flushWhenDue();
    expect(chain.blocks.durable).toContain("of a side branch");
    expect(chain.headers.durable).toContain("of a side branch");
  });

  it("counts a tip of the same height on another branch as something to flush", async () => {
    const chain = await openChain();
    await using coins = chain.coins;
    await chain.connect("a");
    await chain.flusher.flushWhenDue();
    await chain.stepBack();
    await chain.connect("b");
    expect(coins.pending().blocks).toBe(1);
    await chain.flusher.flushWhenDue();
    expect(coins.flushed()?.hash).toBe(hashOf("b1"));
    expect(coins.pending().blocks).toBe(0);
  });
});

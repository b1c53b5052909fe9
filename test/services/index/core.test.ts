import { describe, expect, it } from "vitest";
import { followTip, type IndexProgress } from "#services/index/core.ts";
import { createMemoryAddressIndex } from "#shared/adapters/embedded/memory-address-index.ts";
import { createMemoryBlockStore } from "#shared/adapters/embedded/memory-block-store.ts";
import type { AddressIndex } from "#shared/ports/address-index.ts";
import { height } from "#shared/primitives/brand.ts";
import { ZERO_HASH_HEX } from "#shared/primitives/hash.ts";
import {
  growBlock,
  growRandomBlock,
  TO_B,
  TO_C,
  TO_KEY,
  type TreeBlock,
} from "../../support/block-tree.ts";
import { CrashError, crashAt } from "../../support/crash-at.ts";
import { seededNumbers } from "../../support/flaky.ts";
import { createTreeChain } from "../../support/tree-chain.ts";
import { EXOS_WIRE } from "../../support/wires.ts";

const genesis = growBlock(undefined, 0, [{ spends: [], pays: [[7n, TO_B]] }]);

function rig() {
  const blocks = createMemoryBlockStore();
  const coins = createTreeChain(20);
  const index = createMemoryAddressIndex({ wire: EXOS_WIRE });
  const moveTo = async (tip: TreeBlock) => {
    for (let at: TreeBlock | undefined = tip; at !== undefined; at = at.prev) {
      await blocks.put(at.hash, at.bytes);
    }
    coins.setTip(tip);
  };
  return { deps: { blocks, coins, index }, moveTo };
}

/** Empty blocks over one another. */
function grow(from: TreeBlock, count: number, nonce: number): TreeBlock {
  let tip = from;
  for (let step = 0; step < count; step++) {
    tip = growBlock(tip, nonce, [{ spends: [], pays: [[50n, nonce % 2 === 0 ? TO_B : TO_C]] }]);
  }
  return tip;
}

async function answers(index: AddressIndex): Promise<unknown[]> {
  const found: unknown[] = [await index.cursor(), await index.blockRows(height(9_999), 2_000)];
  for (const script of [TO_KEY, TO_B, TO_C]) {
    found.push(await index.totals(script));
    found.push(await index.history({ script, limit: 200 }));
    found.push(await index.coins({ script, limit: 200 }));
  }
  return found;
}

describe("followTip", () => {
  it("has nothing to do before there is a tip", async () => {
    const { deps } = rig();
    expect(await followTip(deps)).toBeUndefined();
  });

  it("comes from nothing to the tip over frozen heights, and says how far it is", async () => {
    const { deps, moveTo } = rig();
    const tip = grow(genesis, 600, 2);
    await moveTo(tip);
    const seen: IndexProgress[] = [];
    const end = await followTip(deps, { onProgress: (progress) => void seen.push(progress) });
    expect(end).toEqual({ height: 600, hash: tip.hash });
    expect(seen.map(({ at }) => Number(at.height))).toEqual([255, 511, 600]);
    expect(seen.at(-1)).toMatchObject({ target: 600, blocks: 601, transactions: 601 });
    expect(seen.at(-1)?.bytes).toBeGreaterThan(601 * 100);
  });

  it("does not read a block again when it stands at the tip", async () => {
    const { deps, moveTo } = rig();
    await moveTo(grow(genesis, 3, 2));
    await followTip(deps);
    const blocks = { get: () => Promise.reject(new RangeError("read again")) };
    expect(await followTip({ ...deps, blocks })).toMatchObject({ height: 3 });
  });

  it.each([1, 2, 19, 20, 300])("takes over a branch that leaves %i blocks down", async (depth) => {
    const { deps, moveTo } = rig();
    const trunk = grow(genesis, 310 - depth, 2);
    await moveTo(grow(trunk, depth, 4));
    await followTip(deps);
    const tip = grow(trunk, depth + 1, 3);
    await moveTo(tip);
    const batches: number[] = [];
    await followTip(deps, { onProgress: ({ blocks }) => void batches.push(blocks) });

    expect(batches.at(-1)).toBe(depth + 1);
    const scratch = rig();
    await scratch.moveTo(tip);
    await followTip(scratch.deps);
    expect(await answers(deps.index)).toEqual(await answers(scratch.deps.index));
  });

  it("steps back when the tip does, and onto a lower branch", async () => {
    const { deps, moveTo } = rig();
    const trunk = grow(genesis, 100, 2);
    await moveTo(grow(trunk, 30, 2));
    await followTip(deps);
    await moveTo(trunk);
    expect(await followTip(deps)).toEqual({ height: 100, hash: trunk.hash });
    const lower = grow(trunk, 2, 3);
    await moveTo(grow(trunk, 9, 2));
    await followTip(deps);
    await moveTo(lower);
    expect(await followTip(deps)).toEqual({ height: 102, hash: lower.hash });
  });

  it("follows a tip that moves while it follows", async () => {
    const { deps, moveTo } = rig();
    const trunk = grow(genesis, 300, 2);
    const rival = grow(grow(genesis, 200, 2), 150, 3);
    await moveTo(trunk);
    let batches = 0;
    const add: typeof deps.index.add = async (blocks) => {
      if (++batches === 2) await moveTo(rival);
      return deps.index.add(blocks);
    };
    const end = await followTip({ ...deps, index: { ...deps.index, add } });
    expect(end).toEqual({ height: 350, hash: rival.hash });
  });

  it("stops after a batch when it is told to, and goes on from there", async () => {
    const { deps, moveTo } = rig();
    await moveTo(grow(genesis, 600, 2));
    const control = new AbortController();
    const options = { signal: control.signal, onProgress: () => control.abort() };
    expect(await followTip(deps, options)).toMatchObject({ height: 255 });
    expect(await followTip(deps)).toMatchObject({ height: 600 });
  });

  it("names the height of a block that should be stored and is not", async () => {
    const { deps, moveTo } = rig();
    await moveTo(genesis);
    deps.coins.setTip(grow(genesis, 2, 2));
    await expect(followTip(deps)).rejects.toMatchObject({
      name: "StoreFault",
      code: "EXOS-E1011",
      message: expect.stringContaining("height 1 "),
    });
  });

  it("calls a group of heights that is not frozen a broken store", async () => {
    const { deps, moveTo } = rig();
    await moveTo(grow(genesis, 200, 2));
    const coins = { tip: deps.coins.tip, frozen: async () => undefined };
    await expect(followTip({ ...deps, coins })).rejects.toMatchObject({ code: "EXOS-E1004" });
  });
});

describe("followTip in a city that is loaded", () => {
  /** A chain that is followed, and a tip so far above it. */
  async function behindBy(blocks: number) {
    const { deps, moveTo } = rig();
    const top = grow(genesis, 3, 2);
    await moveTo(top);
    await followTip(deps);
    const tip = await deps.coins.tip();
    if (tip === undefined) throw new RangeError("no tip");
    const far = { ...tip, hash: ZERO_HASH_HEX, height: height(tip.height + blocks) };
    const coins = { ...deps.coins, tip: async () => far };
    return { deps: { ...deps, coins }, top };
  }

  it("leaves thousands of blocks to whoever makes an index of them at once", async () => {
    const { deps, top } = await behindBy(4_097);
    const at = await followTip({ ...deps, isLoading: async () => true });
    expect(at).toEqual({ height: top.height, hash: top.hash });
    // Whose blocks are not there.
    const alone = followTip({ ...deps, isLoading: async () => false });
    await expect(alone).rejects.toMatchObject({ name: "StoreFault" });
  });

  it("goes on by itself where it is behind by less", async () => {
    const { deps } = await behindBy(4_096);
    const isLoading = () => Promise.reject(new RangeError("asked"));
    await expect(followTip({ ...deps, isLoading })).rejects.toMatchObject({ name: "StoreFault" });
  });
});

describe("followTip, whatever chains it was led over", () => {
  it.each([1, 2, 3, 4, 5, 6])("ends as if built from scratch, seed %i", async (seed) => {
    const next = seededNumbers(seed);
    const { deps, moveTo } = rig();
    const all = [genesis];
    for (let step = 0; step < 60; step++) {
      const near = all[all.length - 1 - Math.floor(next() * Math.min(6, all.length))] ?? genesis;
      all.push(growRandomBlock(near, next));
      const tip = all[all.length - 1 - Math.floor(next() * Math.min(9, all.length))] ?? genesis;
      await moveTo(tip);
      if (next() < 0.7) await followTip(deps);
    }
    await followTip(deps);
    const tip = all.find(({ hash }) => hash === all.at(-1)?.hash) ?? genesis;
    await moveTo(tip);
    await followTip(deps);

    const scratch = rig();
    await scratch.moveTo(tip);
    await followTip(scratch.deps);
    expect(await answers(deps.index)).toEqual(await answers(scratch.deps.index));
  });
});

describe("followTip, killed at any call and started again", () => {
  it("ends where it would have ended", async () => {
    const trunk = grow(genesis, 3, 2);
    const before = grow(trunk, 2, 4);
    const after = grow(trunk, 3, 3);
    const scratch = rig();
    await scratch.moveTo(after);
    await followTip(scratch.deps);
    const expected = await answers(scratch.deps.index);

    let crashes = 0;
    for (let call = 1; ; call++) {
      let crashed = false;
      for (const when of ["before", "after"] as const) {
        const { deps, moveTo } = rig();
        await moveTo(before);
        await followTip(deps);
        await moveTo(after);
        try {
          await followTip(crashAt(deps, { call, when }));
        } catch (cause) {
          if (!(cause instanceof CrashError)) throw cause;
          crashed = true;
          crashes++;
        }
        await followTip(deps);
        expect(await answers(deps.index), `died ${when} call ${call}`).toEqual(expected);
      }
      if (!crashed) break;
    }
    // Tip, cursor, the search for the fork, three bodies, add, follow, two rows, tip, cursor.
    expect(crashes).toBeGreaterThan(20);
  });
});

import { describe, expect, it } from "vitest";
import { composeEmbedded } from "#services/index/compose-embedded.ts";
import { runIndex } from "#services/index/container.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryBlockStore } from "#shared/adapters/embedded/memory-block-store.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createMemoryWorkQueue } from "#shared/adapters/embedded/memory-work-queue.ts";
import { createPrometheusMetrics } from "#shared/adapters/embedded/prometheus-metrics.ts";
import { type TipHint, tipHint } from "#shared/messages/tip-hint.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { growBlock, TO_B } from "../../support/block-tree.ts";
import { createTreeChain } from "../../support/tree-chain.ts";
import { EXOS_WIRE } from "../../support/wires.ts";

const genesis = growBlock(undefined, 0, [{ spends: [], pays: [[7n, TO_B]] }]);
const one = growBlock(genesis, 1, [{ spends: [], pays: [[50n, TO_B]] }]);

describe("the index of one process", () => {
  it("catches up by itself, then at every hint, until it is stopped", async () => {
    const coins = createTreeChain(20);
    const blocks = createMemoryBlockStore();
    for (const block of [genesis, one]) await blocks.put(block.hash, block.bytes);
    coins.setTip(genesis);
    const follow = createMemoryWorkQueue<TipHint>({
      name: "follow",
      clock: createManualClock(unixSeconds(1_700_000_000)),
      log: createMemoryLog(),
      concurrency: 1,
      visibilityMs: 1_000,
      attemptsMax: 3,
    });
    const metrics = createPrometheusMetrics();
    await using service = await composeEmbedded(
      { coins, blocks },
      { path: ":memory:", wire: EXOS_WIRE },
    );
    const control = new AbortController();
    const seen: number[] = [];
    const run = runIndex({ deps: service.deps, follow, metrics }, control.signal, ({ at }) =>
      seen.push(at.height),
    );
    await expect.poll(() => seen, { timeout: 300_000 }).toEqual([0]);

    coins.setTip(one);
    await follow.send(tipHint({ rev: 2, height: 1, hash: one.hash }));
    await expect.poll(() => seen, { timeout: 300_000 }).toEqual([0, 1]);
    expect(await service.index.cursor()).toEqual({ height: 1, hash: one.hash });
    expect(metrics.expose()).toContain("exos_index_lag_blocks 0\n");
    control.abort();
    await run;
  });
});

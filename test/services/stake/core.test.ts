import { describe, expect, it } from "vitest";
import { createStaker, GENERATE_BLOCKS_MAX } from "#services/stake/core.ts";
import { createValidator } from "#services/validate/core.ts";
import type { ManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { stratis } from "#shared/consensus/networks/stratis.ts";
import type { Network } from "#shared/consensus/params.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { memoryValidator } from "../../support/memory-validator.ts";

const NOW = unixSeconds(1_795_000_000);
const SCRIPT = Uint8Array.of(0x51);
const COIN = 100_000_000n;

/** A miner whose blocks are connected as soon as they are handed in. */
function stakerOf(network: Network, now = NOW) {
  const deps = memoryValidator(network, now);
  const validator = createValidator({
    ...deps,
    connected: async () => void (await validator.connect()),
  });
  const { clock } = deps;
  const staker = createStaker({
    network,
    clock,
    mempool: { template: async () => [] },
    tip: () => validator.tip(),
    pause: deps.pause,
    async submit(block) {
      const submission = await validator.submit(block);
      if (submission.state === "undecodable") throw new RangeError(submission.reason);
      return submission;
    },
  });
  // `memoryValidator` runs on a manual clock.
  return { staker, validator, deps, clock: clock as ManualClock };
}

async function supplyOf(deps: ReturnType<typeof stakerOf>["deps"]): Promise<bigint> {
  const tip = await deps.coins.tip();
  return tip === undefined ? 0n : (await deps.coins.totals(tip)).supply;
}

describe("generate", () => {
  it.each([
    [
      "exos-regtest, with its premine at height 2",
      exosRegtest,
      120,
      (300_000_000n + 12n * 119n) * COIN,
    ],
    ["bitcoin-regtest, across a halving", bitcoinRegtest, 151, (50n * 149n + 25n * 2n) * COIN],
  ] as const)("mines hundreds of blocks at once on %s", async (_, network, count, supply) => {
    const { staker, validator, deps } = stakerOf(network);
    const mined = await staker.generate(count, SCRIPT);
    const tip = await validator.tip();
    expect(mined).toMatchObject({ ok: true });
    expect(mined.ok && mined.value.at(-1)).toBe(tip.hash);
    expect(tip.height).toBe(count);
    expect(await supplyOf(deps)).toBe(supply);
  });

  it("mines another block where the one that comes first was invalidated", async () => {
    const { staker, validator } = stakerOf(exosRegtest);
    const first = await staker.generate(4, SCRIPT);
    const [, , third] = first.ok ? first.value : [];
    if (third !== undefined) await validator.invalidate(third);
    expect((await validator.tip()).height).toBe(2);
    const second = await staker.generate(3, SCRIPT);
    expect(second).toMatchObject({ ok: true });
    const tip = await validator.tip();
    expect(tip.height).toBe(5);
    expect(second.ok && second.value).not.toContain(third);
    if (third !== undefined) await validator.reconsider(third);
    expect((await validator.tip()).hash).toBe(tip.hash);
  });

  it("mines on another's block where that was first, and gives up where it always is", async () => {
    const { staker, validator, deps } = stakerOf(exosRegtest);
    let rivals = 1;
    const racing = createStaker({
      network: exosRegtest,
      clock: deps.clock,
      mempool: { template: async () => [] },
      tip: () => validator.tip(),
      pause: deps.pause,
      async submit(block) {
        if (rivals-- > 0) await staker.generate(2, SCRIPT);
        const submission = await validator.submit(block);
        if (submission.state === "undecodable") throw new RangeError(submission.reason);
        return submission;
      },
    });
    expect(await racing.generate(1, Uint8Array.of(0x52))).toMatchObject({ ok: true });
    expect((await validator.tip()).height).toBe(3);
    rivals = 100;
    expect(await racing.generate(1, Uint8Array.of(0x52))).toMatchObject({
      error: { code: "EXOS-E2002", fields: { code: "inconclusive" } },
    });
  });

  it("dates a block one spacing after its parent, and never past now", async () => {
    const genesisTime = 1_391_501_792;
    const now = unixSeconds(genesisTime + 100);
    const { staker, validator, clock } = stakerOf(exosRegtest, now);
    await staker.generate(1, SCRIPT);
    expect((await validator.tip()).header.time).toBe(genesisTime + 64);
    await staker.generate(1, SCRIPT);
    expect((await validator.tip()).header.time).toBe(now);
    // The clock stands at the tip's time: it waits for it a moment, then says so.
    const waiting = staker.generate(1, SCRIPT);
    for (let seconds = 0; seconds < 5; seconds++) {
      await new Promise(setImmediate);
      clock.advance(1_000);
      clock.set(now);
    }
    expect(await waiting).toMatchObject({ ok: false, error: { code: "EXOS-E2012" } });
  });

  it("refuses on networks that are not for development, and counts out of range", async () => {
    const { staker } = stakerOf(stratis);
    expect(await staker.generate(1, SCRIPT)).toMatchObject({ error: { code: "EXOS-E0007" } });
    const own = stakerOf(exosRegtest).staker;
    for (const count of [0, -1, 1.5, GENERATE_BLOCKS_MAX + 1]) {
      expect(await own.generate(count, SCRIPT), `${count}`).toMatchObject({
        error: { code: "EXOS-E4001" },
      });
    }
  });
});

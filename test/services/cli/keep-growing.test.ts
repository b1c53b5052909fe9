import { expect, it } from "vitest";
import { keepGrowing } from "#services/cli/dev/keep-growing.ts";
import { createStaker } from "#services/stake/core.ts";
import { createValidator } from "#services/validate/core.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { stratis } from "#shared/consensus/networks/stratis.ts";
import type { Network } from "#shared/consensus/params.ts";
import { type UnixSeconds, unixSeconds } from "#shared/primitives/brand.ts";
import { memoryValidator } from "../../support/memory-validator.ts";

/** A little after the genesis block of both networks: the second block stands at the clock. */
const NOW = unixSeconds(1_391_501_792 + 100);
const BEHIND = unixSeconds(NOW - 50);
const SCRIPT = Uint8Array.of(0x51);

/** A chain that grows on a clock that stands until it is moved. */
function createRig(network: Network) {
  const clock = createManualClock(NOW);
  const deps = { ...memoryValidator(network, NOW), clock };
  const validator = createValidator({
    ...deps,
    connected: async () => void (await validator.connect()),
  });
  const staker = createStaker({
    ...{ network, clock, pause: deps.pause },
    mempool: { template: async () => [] },
    tip: () => validator.tip(),
    async submit(block) {
      const submission = await validator.submit(block);
      if (submission.state === "undecodable") throw new RangeError(submission.reason);
      return submission;
    },
  });
  const log = createMemoryLog();
  const node = { tip: () => validator.tip(), staker, clock, log };
  const stop = new AbortController();
  const staking = { status: async () => ({ enabled: true }) };
  return {
    ...{ clock, log, stop, validator, staker },
    run: () => keepGrowing({ node, staking }, 0, stop.signal),
    /** Second by second, the chain time at one place or moving on. */
    async pass(seconds: number, at?: UnixSeconds) {
      for (let second = 0; second < seconds; second++) {
        clock.advance(1_000);
        if (at !== undefined) clock.set(at);
        await new Promise(setImmediate);
      }
    },
  };
}

it("a clock that stands behind the tip is told, and the chain grows once it has passed it", async () => {
  const { clock, log, pass, run, staker, stop, validator } = createRig(exosRegtest);
  await staker.generate(2, SCRIPT);
  expect((await validator.tip()).header.time).toBe(NOW);
  clock.set(BEHIND);
  const growing = run();
  await pass(150, BEHIND);
  expect((await validator.tip()).height).toBe(2);
  expect(log.records.map(({ level, code }) => [level, code])).toContainEqual([
    "warn",
    "EXOS-E2012",
  ]);
  clock.set(unixSeconds(NOW + 10));
  await pass(80);
  expect((await validator.tip()).height).toBeGreaterThan(2);
  stop.abort();
  await growing;
});

it("a network where nobody mines is refused", async () => {
  const { pass, run } = createRig(stratis);
  const refused = expect(run()).rejects.toMatchObject({ code: "EXOS-E0007" });
  await pass(70);
  await refused;
});

import { describe, expect, it } from "vitest";
import { runStake } from "#services/stake/container.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

const settle = () => new Promise(setImmediate);

/** A staker whose looks are counted, and what each of them does. */
function running(look: (count: number) => Promise<void>) {
  const clock = createManualClock(unixSeconds(0));
  const log = createMemoryLog();
  const stop = new AbortController();
  const state = { looks: 0 };
  const minter = { look: () => look(++state.looks) };
  const ended = runStake({ minter, clock, log }, stop.signal);
  return { clock, log, stop, state, ended };
}

describe("the loop of a staker", () => {
  it("looks twice a second until it is told to end", async () => {
    const { clock, stop, state, ended } = running(async () => undefined);
    for (const looks of [1, 2, 3]) {
      await settle();
      expect(state.looks).toBe(looks);
      clock.advance(500);
    }
    stop.abort();
    await ended;
    expect(clock.sleepers).toBe(0);
  });

  it("goes on after a fault that may pass, says so, and ends with one that does not", async () => {
    const { clock, log, ended } = running(async (count) => {
      throw new StoreFault(`disk ${count}`, { retryable: count === 1, code: "EXOS-E1005" });
    });
    const failed = expect(ended).rejects.toThrow("disk 2");
    await settle();
    expect(log.records).toMatchObject([{ code: "EXOS-E1005", fields: { err: "disk 1" } }]);
    clock.advance(500);
    await failed;
  });

  it("waits a moment for a look that is under way, and not for ever", async () => {
    const done = Promise.withResolvers<void>();
    const quick = running(() => done.promise);
    quick.stop.abort();
    done.resolve();
    await quick.ended;
    expect(quick.clock.sleepers).toBe(0);

    const stuck = running(() => new Promise(() => undefined));
    stuck.stop.abort();
    await settle();
    stuck.clock.advance(4_999);
    await settle();
    expect(stuck.clock.sleepers).toBe(1);
    stuck.clock.advance(1);
    await stuck.ended;
  });
});

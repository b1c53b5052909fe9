import { setTimeout as passFor } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { clockContract } from "./clock.contract.ts";

const start = unixSeconds(1_700_000_000);

describe("system clock", () => {
  clockContract(() => ({ clock: createSystemClock(), pass: (ms) => passFor(ms + 1) }));

  it("says the mocked time until it is given back the real one", () => {
    const clock = createSystemClock();
    const real = clock.now();
    clock.mock(unixSeconds(1_600_000_000));
    expect(clock.now()).toBe(1_600_000_000);
    clock.mock(undefined);
    expect(clock.now()).toBeGreaterThanOrEqual(real);
  });
});

describe("manual clock", () => {
  clockContract(() => {
    const clock = createManualClock(start);
    return { clock, pass: async (milliseconds) => clock.advance(milliseconds) };
  });

  it("stands still until moved, and moves chain time with it", () => {
    const clock = createManualClock(start);
    clock.advance(999);
    expect(clock.now()).toBe(start);
    clock.advance(1);
    expect(clock.now()).toBe(start + 1);
    clock.set(start);
    expect(clock.now()).toBe(start);
    expect(clock.elapsedMs()).toBe(1_000);
  });

  it("wakes nobody early, and several in the order of their times", async () => {
    const clock = createManualClock(start);
    const woken: number[] = [];
    const sleeps = [30, 10, 20].map((ms) => clock.sleep(ms).then(() => woken.push(ms)));
    clock.advance(9);
    expect(clock.sleepers).toBe(3);
    clock.advance(21);
    await Promise.all(sleeps);
    expect(woken).toEqual([10, 20, 30]);
  });
});

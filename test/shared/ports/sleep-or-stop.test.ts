import { expect, it } from "vitest";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

it("waits for its time, or ends in good order with the signal", async () => {
  const clock = createManualClock(unixSeconds(1_000));
  const stop = new AbortController();
  let woken = 0;
  const sleeping = sleepOrStop(clock, 50, stop.signal).then(() => woken++);
  await Promise.resolve();
  expect(woken).toBe(0);
  clock.advance(50);
  await sleeping;
  expect(woken).toBe(1);

  const aborted = sleepOrStop(clock, 50, stop.signal);
  stop.abort();
  await aborted;
  await sleepOrStop(clock, 50, stop.signal);
});

it("hands on what a clock itself fails with", async () => {
  const broken = { sleep: () => Promise.reject(new RangeError("no time")) };
  const { signal } = new AbortController();
  await expect(sleepOrStop(broken, 1, signal)).rejects.toThrow("no time");
});

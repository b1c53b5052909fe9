import { expect, it } from "vitest";
import { lazy } from "#shared/primitives/lazy.ts";

it("a lazy value is made once, when it is asked for, whatever it is", () => {
  let made = 0;
  const value = lazy(() => {
    made++;
    return undefined;
  });
  expect(made).toBe(0);
  expect([value(), value()]).toEqual([undefined, undefined]);
  expect(made).toBe(1);
});

it("a lazy value that could not be made is tried again", () => {
  let tries = 0;
  const value = lazy(() => {
    tries++;
    if (tries === 1) throw new RangeError("not yet");
    return tries;
  });
  expect(value).toThrow("not yet");
  expect(value()).toBe(2);
});

it("so is a promise of it that was rejected, which all hear who asked for it", async () => {
  let tries = 0;
  const value = lazy(async () => {
    tries++;
    if (tries === 1) throw new RangeError("not yet");
    return tries;
  });
  const asked = await Promise.allSettled([value(), value()]);
  expect(asked.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await Promise.all([value(), value()])).toEqual([2, 2]);
});

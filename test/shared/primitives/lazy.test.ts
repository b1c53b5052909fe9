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

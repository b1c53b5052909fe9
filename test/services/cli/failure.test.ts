import { expect, it } from "vitest";
import { describeFailure } from "#services/cli/failure.ts";
import { storeFault } from "#shared/adapters/embedded/store-fault-of.ts";
import { ERROR_CATALOGUE } from "#shared/primitives/error-catalogue.ts";

it("says the hint of a store's fault once", () => {
  const { sentence, hint } = ERROR_CATALOGUE["EXOS-E1004"];
  expect(describeFailure(storeFault("EXOS-E1004", "reading the coins"))).toEqual({
    code: "EXOS-E1004",
    message: `reading the coins: ${sentence}`,
    hint,
  });
});

it("leaves a sentence without a hint as it is", () => {
  expect(describeFailure(new RangeError("a bug"))).toMatchObject({ message: "a bug" });
});

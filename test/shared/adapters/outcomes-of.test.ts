import { expect, it } from "vitest";
import { outcomesOf } from "#shared/adapters/embedded/outcomes-of.ts";

const COLD = { error: undefined, coldStake: true };
const PASSED = { error: undefined, coldStake: false };

it("a job that a worker judged and does not name passed", () => {
  const outcomes = outcomesOf({ judged: 3, outcomes: [[1, COLD]] }, 3);
  expect(outcomes).toEqual({ ok: true, value: [PASSED, COLD, PASSED] });
});

it.each([
  ["one job fewer than asked", { judged: 2, outcomes: [] }],
  ["one job more than asked", { judged: 4, outcomes: [] }],
  ["a job behind the last", { judged: 3, outcomes: [[3, COLD] as [number, typeof COLD]] }],
])("an answer about %s is a fault and no verdict", (_, answer) => {
  const outcomes = outcomesOf(answer, 3);
  expect(outcomes).toMatchObject({ ok: false, error: { retryable: true } });
});

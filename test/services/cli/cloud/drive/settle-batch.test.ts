import { describe, expect, it } from "vitest";
import { settleBatch } from "#services/cli/cloud/drive/settle-batch.ts";

/** `a1`: the group `a`, and an id. */
const messages = ["a1", "b2", "a3", "b4", "a5"].map((id) => ({
  id,
  receipt: `receipt of ${id}`,
  body: "",
  attributes: { MessageGroupId: id.slice(0, 1) },
}));
const failing = (...ids: readonly unknown[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});
const forgotten = (answer: unknown, ordered: boolean) =>
  settleBatch(messages, answer, ordered)
    .map(({ id }) => id)
    .join(" ");

describe("what a queue may forget of a batch", () => {
  it.each([
    ["nothing is said", null],
    ["nothing at all", undefined],
    ["an empty answer", {}],
    ["an empty list", failing()],
    ["no list", { batchItemFailures: null }],
  ])("is all of it: %s", (_, answer) => {
    for (const ordered of [false, true]) expect(forgotten(answer, ordered)).toBe("a1 b2 a3 b4 a5");
  });

  it.each([
    ["text", "done"],
    ["no list of failures", { batchItemFailures: "a1" }],
    ["an empty name", failing("")],
    ["no name", failing(null)],
    ["another key", { batchItemFailures: [{ id: "a1" }] }],
    ["a message of another batch", failing("a1", "c9")],
  ])("is nothing where the answer is none: %s", (_, answer) => {
    for (const ordered of [false, true]) expect(forgotten(answer, ordered)).toBe("");
  });

  it("is what did not fail, and where order is kept nothing after it in its group", () => {
    expect(forgotten(failing("a3"), false)).toBe("a1 b2 b4 a5");
    expect(forgotten(failing("a3"), true)).toBe("a1 b2 b4");
    expect(forgotten(failing("b2", "a5"), true)).toBe("a1 a3");
  });
});

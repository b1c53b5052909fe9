import { describe, expect, it } from "vitest";
import { listCount } from "#shared/p2p/list-count.ts";

const payload = (length: number, ...head: readonly number[]) => {
  const bytes = new Uint8Array(length);
  bytes.set(head);
  return bytes;
};

describe("the length of a list", () => {
  it.each([
    ["an empty list", payload(1), 0],
    ["one item, and a byte over", payload(32, 1), 1],
    ["one item that fits in what the payload has", payload(30, 1), 1],
    ["one item that does not", payload(29, 1), 0],
    ["a longer number", payload(60_000, 0xfd, 0xd0, 0x07), 2000],
    ["a number longer than it need be", payload(60_000, 0xfe, 0xd0, 0x07, 0, 0), 2000],
    ["more items than fit", payload(60_000, 0xfd, 0xd1, 0x07), 0],
    ["half a number", payload(2, 0xfd, 1), 0],
    ["nothing", payload(0), 0],
  ])("is known before its items are: %s", (_, bytes, count) => {
    expect(listCount(bytes, 30)).toBe(count);
  });
});

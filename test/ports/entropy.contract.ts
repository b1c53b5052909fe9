import { expect, it } from "vitest";
import type { Entropy } from "#shared/ports/entropy.ts";

/** What every source of bytes promises. */
export function entropyContract(create: () => Entropy): void {
  it.each([1, 31, 32, 33, 65_536])("gives %i plain bytes", (count) => {
    const bytes = create().bytes(count);
    expect(bytes.length).toBe(count);
    expect(bytes.constructor).toBe(Uint8Array);
  });

  it.each([0, -1, 1.5, 65_537])("refuses to give %d bytes", (count) => {
    expect(() => create().bytes(count)).toThrow(RangeError);
  });

  it("does not repeat itself", () => {
    const entropy = create();
    expect(entropy.bytes(32)).not.toEqual(entropy.bytes(32));
  });

  it("gives bytes that a later request leaves alone", () => {
    const entropy = create();
    const first = entropy.bytes(8);
    const copy = first.slice();
    entropy.bytes(8);
    expect(first).toEqual(copy);
  });
}

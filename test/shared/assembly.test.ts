import { describe, expect, it } from "vitest";
import { keptPath, renderModule } from "#shared/crypto/assembly/compile.ts";
import { instantiate } from "#shared/crypto/instantiate.ts";

/** `export function add(a: i32, b: i32): i32`, assembled by hand. */
const ADD = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x07, 0x01, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x07, 0x01, 0x03, 0x61, 0x64, 0x64, 0x00, 0x00],
  ...[0x0a, 0x09, 0x01, 0x07, 0x00, 0x20, 0x00, 0x20, 0x01, 0x6a, 0x0b],
);

/** That they are what their sources give is shown by `npm run long -- assembly`. */
describe("the compiled modules", () => {
  it("come to life from their text, whatever its padding", () => {
    // A custom section of n bytes with an empty name, ignored by the engine, shifts the padding.
    for (const size of [1, 2, 3, 4]) {
      const bytes = Uint8Array.of(...ADD, 0x00, size, ...new Uint8Array(size));
      const text = /"(.*)"/.exec(renderModule({ name: "sum" }, bytes))?.[1] ?? "";
      const { add } = instantiate<{ add(a: number, b: number): number }>(text);
      expect(add(2, 3), `size ${size}`).toBe(5);
    }
  });

  it("are kept under the name of their module", () => {
    const text = renderModule({ name: "two-words" }, ADD);
    expect(text).toMatch(/^\/\*\* .*npm run assembly -- --write.* \*\/\n/);
    expect(text).toContain("export const TWO_WORDS_MODULE =\n");
    expect(keptPath({ name: "two-words" })).toMatch(/shared\/crypto\/two-words-module\.ts$/);
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compileModule, keptPath, renderModule } from "#shared/crypto/assembly/compile.ts";
import { MODULES } from "#shared/crypto/assembly/modules.ts";
import { instantiate } from "#shared/crypto/instantiate.ts";

/** `export function add(a: i32, b: i32): i32`, assembled by hand. */
const ADD = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x07, 0x01, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x07, 0x01, 0x03, 0x61, 0x64, 0x64, 0x00, 0x00],
  ...[0x0a, 0x09, 0x01, 0x07, 0x00, 0x20, 0x00, 0x20, 0x01, 0x6a, 0x0b],
);

describe("the compiled modules", () => {
  // The others take ten seconds more: `npm run long -- assembly` compiles all of them.
  it.each(MODULES.filter(({ name }) => name === "muhash"))(
    "keep what the sources of $name give",
    async (module) => {
      const text = renderModule(module, await compileModule(module));
      // Not `toBe`: its report of a difference would be a hundred kilobytes of base64.
      expect(readFileSync(keptPath(module), "utf8") === text, "npm run assembly -- --write").toBe(
        true,
      );
    },
    60_000,
  );

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

  it("are refused with the compiler's words when a source is wrong", async () => {
    const broken = { name: "none", entry: "absent.ts", generated: {}, options: [] };
    await expect(compileModule(broken)).rejects.toThrow(/absent\.ts/);
  });
});

import { globSync, mkdtempDisposableSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { BUNDLE_BYTES_MAX, type Bundle, bundle, bundledFunctions } from "#infra/bundle.ts";
import { FUNCTION_SHAPES } from "#infra/functions.ts";

const folder = mkdtempDisposableSync(join(tmpdir(), "exos-bundles-"));
let bundles: readonly Bundle[];

beforeAll(async () => {
  bundles = await bundle(folder.path);
  return () => folder.remove();
}, 300_000);

describe("the bundles of a city's functions", () => {
  it("are one for each door in the tree, within the budget", () => {
    const doors = Object.values(FUNCTION_SHAPES).map(({ door }) => door);
    const written = globSync("services/*/{*.lambda,lambda}.ts").sort();
    expect(written.filter((door) => !doors.includes(door))).toEqual([]);
    expect(bundles.map(({ name }) => FUNCTION_SHAPES[name].door).sort()).toEqual(written);
    for (const { name, bytes } of bundles) {
      process.stdout.write(`bundle ${name}: ${(bytes / 1_000).toFixed(0)} KB\n`);
      expect(bytes, name).toBeLessThanOrEqual(BUNDLE_BYTES_MAX);
    }
  });

  it("are ES modules that ask for no require, with a source map beside them", () => {
    for (const name of bundledFunctions()) {
      const code = readFileSync(join(folder.path, name, "lambda.mjs"), "utf8");
      // esbuild's stand-in for a CommonJS require throws at the first cold start.
      expect(code, name).not.toContain("Dynamic require of");
      expect(code, name).toMatch(/export\{[^}]*\bas handler\b[^}]*\}/);
      const map = readFileSync(join(folder.path, name, "lambda.mjs.map"), "utf8");
      expect(JSON.parse(map).sources.length, name).toBeGreaterThan(10);
    }
  });

  it("carry our engines packed, and no translations", () => {
    const code = readFileSync(join(folder.path, "check", "lambda.mjs"), "utf8");
    expect(code).toContain("brotliDecompressSync");
    // How the text of every module begins: its magic and version.
    expect(code).not.toContain("AGFzbQEAAAAB");
    expect(code).not.toContain("Ungültige Eingabe");
  });
});

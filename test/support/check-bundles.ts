import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { BUNDLE_BYTES_MAX, type Bundle } from "#infra/bundle.ts";

/** The modules of one function. */
export const modulesOf = (folder: string, name: string): string[] =>
  globSync(join(folder, name, "*.mjs"));

/** That each is within the budget, an ES module with its handler, and has its source map beside it. */
export function checkBundles(folder: string, bundles: readonly Bundle[]): void {
  const kilobytes = (count: number) => `${(count / 1_000).toFixed(0)} KB`;
  for (const { name, bytes, startBytes } of bundles) {
    process.stdout.write(
      `bundle ${name}: ${kilobytes(bytes)}, ${kilobytes(startBytes)} of it at start\n`,
    );
    expect(bytes, name).toBeLessThanOrEqual(BUNDLE_BYTES_MAX);
    const modules = modulesOf(folder, name);
    const written = modules.map((path) => statSync(path).size);
    expect(bytes, name).toBe(written.reduce((sum, size) => sum + size, 0));
    const entry = readFileSync(join(folder, name, "lambda.mjs"), "utf8");
    expect(entry, name).toMatch(/export\{[^}]*\bas handler\b[^}]*\}/);
    for (const path of modules) {
      // esbuild's stand-in for a CommonJS require throws at the first cold start.
      expect(readFileSync(path, "utf8"), path).not.toContain("Dynamic require of");
      expect(existsSync(`${path}.map`), path).toBe(true);
    }
  }
}

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { PROGRAM_VERSION } from "#shared/primitives/program-version.ts";

it("is what the manifest says", () => {
  expect(JSON.parse(readFileSync("package.json", "utf8")).version).toBe(PROGRAM_VERSION);
});

import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ENDPOINTS, NEEDS } from "../support/aws/endpoint-traits.ts";
import skips from "./skips.json" with { type: "json" };

const textOf = (file: string) => readFileSync(file, "utf8");
const contracts = globSync("test/ports/*.ts").map(textOf).join("\n");

it("knows no need that no case has", () => {
  const needed = [...contracts.matchAll(/needing\(((?:\s*"[a-z0-9-]+",?\s*)+)\)/g)];
  const names = new Set(needed.flatMap(([, words = ""]) => words.match(/[a-z0-9-]+/g)));
  expect([...names].sort()).toEqual([...NEEDS].sort());
});

it("allows no skip of a suite or an endpoint that is none", () => {
  const suites = new Set(
    [...contracts.matchAll(/contractOn\(\s*"([^"]+)"/g)].map(([, name]) => name),
  );
  for (const [endpoint, allowed] of Object.entries(skips)) {
    expect(Object.keys(ENDPOINTS)).toContain(endpoint);
    for (const suite of Object.keys(allowed)) expect([...suites], endpoint).toContain(suite);
  }
});

it("leaves to these suites what an endpoint lacks: no other test asks", () => {
  const asks = globSync("test/**/*.ts").filter((file) => /\.has\.has\(/.test(textOf(file)));
  // It skips nothing: a table is filled in other steps where none can be imported.
  const expecting = "test/e2e/load-task.slow.test.ts";
  expect(asks.sort()).toEqual([expecting, "test/ports/contract-cases.ts"]);
});

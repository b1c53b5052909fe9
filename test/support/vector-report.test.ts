import { expect, it } from "vitest";
import { vectorTable } from "./vector-report.ts";

it("makes a sorted table of rows, with what was left out and why", () => {
  const rows = [
    { name: "b.json", run: 12 },
    { name: "a.json#key", run: 3, skipped: { count: 4, reason: "they wait" } },
  ];
  const table = vectorTable(`${rows.map((row) => JSON.stringify(row)).join("\n")}\n`);
  expect(table.split("\n").map((line) => line.replaceAll(/ +/g, " "))).toEqual([
    "a.json#key 7 cases 3 run 4 skipped: they wait",
    "b.json 12 cases 12 run 0 skipped",
    "",
  ]);
});

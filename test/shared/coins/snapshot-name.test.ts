import { expect, it } from "vitest";
import { highestFirst, snapshotName } from "#shared/coins/snapshot-name.ts";
import { height } from "#shared/primitives/brand.ts";
import { hashOf } from "../../support/coin-chain.ts";

it("a snapshot is called by its height and the last digits of its block", () => {
  const hash = hashOf("b");
  expect(snapshotName({ height: height(12_999), hash })).toBe(`12999-${hash.slice(-8)}`);
});

it("snapshots are listed by height, those of one height by name, and nothing else with them", () => {
  const names = ["999-00000000", "12999-ffffffff", "x", "12999-0123abcd", "1-2", "1999-0123ABCD"];
  const listed = ["12999-0123abcd", "12999-ffffffff", "999-00000000"];
  expect(highestFirst(names)).toEqual(listed);
  expect(highestFirst(names.toReversed())).toEqual(listed);
});

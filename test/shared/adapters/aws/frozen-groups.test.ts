import { describe, expect, it } from "vitest";
import type { DynamoItem } from "#shared/adapters/aws/dynamo-item.ts";
import { frozenItem } from "#shared/adapters/aws/dynamo-tip.ts";
import { FrozenGroups } from "#shared/adapters/aws/frozen-groups.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

const GROUP = 3;

/** A table with one group, all of whose hashes are of this digit. */
function createTable() {
  const asked: DynamoItem[] = [];
  let digit = "a";
  const item = () =>
    frozenItem({ group: GROUP, hashes: Array<HashHex>(64).fill(digit.repeat(64) as HashHex) });
  const get = async (key: DynamoItem) => {
    asked.push(key);
    return item();
  };
  const groups = new FrozenGroups({ get, getMany: async () => [] });
  const first = async () => (await groups.get(GROUP))?.[0]?.slice(0, 1);
  return { groups, first, asked, fill: (next: string) => (digit = next) };
}

describe("frozen groups that were read", () => {
  it("are kept while the chain goes on", async () => {
    const { groups, first, asked } = createTable();
    for (const rev of [7, 8, 9]) {
      groups.saw({ rev, gen: 0 });
      expect(await first()).toBe("a");
    }
    expect(asked).toHaveLength(1);
  });

  it.each([
    ["whose number goes on", { rev: 8, gen: 1 }],
    ["that is numbered anew", { rev: 1, gen: 0 }],
  ])("are read again of a chain %s, though nobody saw the city without a tip", async (_, tip) => {
    const { groups, first, fill } = createTable();
    groups.saw({ rev: 7, gen: 0 });
    expect(await first()).toBe("a");
    fill("b");
    groups.saw(tip);
    expect(await first()).toBe("b");
  });

  it("are not kept where they were asked for of the chain before", async () => {
    const { groups, first, fill } = createTable();
    groups.saw({ rev: 7, gen: 0 });
    const late = first();
    await Promise.resolve();
    fill("b");
    groups.saw({ rev: 8, gen: 1 });
    expect(await late).toBe("a");
    expect(await first()).toBe("b");
  });
});

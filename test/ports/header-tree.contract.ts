import { expect, it } from "vitest";
import type { HeaderStore, HeaderTree } from "#shared/ports/header-store.ts";
import { headerRecord } from "../support/header-records.ts";

const genesis = headerRecord(undefined, 0);
const first = headerRecord(genesis, 1);
const rival = headerRecord(genesis, 9);
const second = headerRecord(first, 2);

/** What a header store of one process promises besides. @param create an empty one each time */
export function headerTreeContract(create: () => Promise<HeaderStore & HeaderTree>): void {
  it("forgets where blocks are applied, and their totals, for every header", async () => {
    const headers = await create();
    for (const record of [genesis, first]) {
      await headers.put(record);
      await headers.setApplied(record.hash, 1, new Uint8Array(408).fill(1));
    }
    await headers.clearApplied();
    const found = await headers.getMany([genesis.hash, first.hash]);
    expect(found.map((header) => header?.applied)).toEqual([[], []]);
    expect(found.map((header) => header?.totals)).toEqual([undefined, undefined]);
  });

  it("knows every leaf, heaviest first, whatever order headers came in", async () => {
    const headers = await create();
    for (const record of [second, genesis, rival, first]) await headers.put(record);
    expect(await headers.leaves(256)).toEqual([rival.hash, second.hash]);
    expect(await headers.leaves(1)).toEqual([rival.hash]);
  });

  it("knows the children of a header", async () => {
    const headers = await create();
    for (const record of [genesis, first, rival, first]) await headers.put(record);
    expect((await headers.children(genesis.hash)).sort()).toEqual([first.hash, rival.hash].sort());
    expect(await headers.children(first.hash)).toEqual([]);
  });
}

import { expect, it } from "vitest";
import { violation } from "#shared/consensus/verdict.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import { headerRecord } from "../support/header-records.ts";

const genesis = headerRecord(undefined, 0);
const first = headerRecord(genesis, 1);
const rival = headerRecord(genesis, 9);
const second = headerRecord(first, 2);
const error = {
  ...violation("bad-cs-amount", { height: 2, reason: "zu viel" }),
  stage: "full",
} as const;

/** What every header store promises. @param create an empty one each time */
export function headerStoreContract(create: () => Promise<HeaderStore>): void {
  it("knows nothing about a header never put", async () => {
    const headers = await create();
    expect(await headers.get(genesis.hash)).toBeUndefined();
    expect(await headers.getMany([genesis.hash])).toEqual([undefined]);
    expect(await headers.leaves(256)).toEqual([]);
  });

  it("keeps a record whole, with nothing found out about its block", async () => {
    const headers = await create();
    await headers.put(first);
    expect(await headers.get(first.hash)).toEqual({
      record: first,
      bodySize: undefined,
      checked: false,
      rejected: undefined,
      applied: [],
      totals: undefined,
    });
  });

  it("hands out plain bytes", async () => {
    const headers = await create();
    await headers.put(first);
    const record = (await headers.get(first.hash))?.record;
    expect(record?.stakeModifier.constructor).toBe(Uint8Array);
    expect(record?.header.bytes.constructor).toBe(Uint8Array);
  });

  it("answers many in the order asked, gaps included", async () => {
    const headers = await create();
    for (const record of [genesis, first]) await headers.put(record);
    const found = await headers.getMany([first.hash, rival.hash, genesis.hash]);
    expect(found.map((header) => header?.record.height)).toEqual([1, undefined, 0]);
  });

  it("keeps a header with the size of a body that was stored before it", async () => {
    const headers = await create();
    await headers.put(first, 215);
    await headers.put(first);
    expect(await headers.get(first.hash)).toMatchObject({ record: first, bodySize: 215 });
    await headers.put(rival);
    await headers.put(rival, 216);
    expect(await headers.get(rival.hash)).toMatchObject({ record: rival, bodySize: 216 });
  });

  it("keeps each fact, and erases none when the header comes again", async () => {
    const headers = await create();
    await headers.put(first);
    await headers.setBodySize(first.hash, 215);
    await headers.setChecked(first.hash);
    await headers.setRejected(first.hash, error);
    await headers.setApplied(first.hash, 0);
    await headers.setApplied(first.hash, 3);
    await headers.setApplied(first.hash, 0);
    await headers.put(first);
    expect(await headers.get(first.hash)).toEqual({
      record: first,
      bodySize: 215,
      checked: true,
      rejected: error,
      applied: [0, 3],
      totals: undefined,
    });
  });

  it("keeps the totals after a block, those that came first", async () => {
    const headers = await create();
    for (const record of [genesis, first]) await headers.put(record);
    const totals = Uint8Array.from({ length: 408 }, (_, index) => index % 251);
    await headers.setApplied(first.hash, 0);
    expect((await headers.get(first.hash))?.totals).toBeUndefined();
    const given = totals.slice();
    await headers.setApplied(first.hash, 0, given);
    given.fill(0);
    await headers.setApplied(first.hash, 1, new Uint8Array(408).fill(9));
    await headers.setApplied(first.hash, 2);
    await headers.put(first);
    const stored = await headers.get(first.hash);
    expect(stored?.totals).toEqual(totals);
    expect(stored?.totals?.constructor).toBe(Uint8Array);
    expect(stored?.applied).toEqual([0, 1, 2]);
    expect((await headers.get(genesis.hash))?.totals).toBeUndefined();
  });

  it("takes a rejection back, and nothing else with it", async () => {
    const headers = await create();
    await headers.put(first);
    await headers.setChecked(first.hash);
    await headers.setRejected(first.hash, error);
    await headers.clearRejected(first.hash);
    const header = await headers.get(first.hash);
    expect(header?.rejected).toBeUndefined();
    expect(header?.checked).toBe(true);
  });

  it("lists the candidates heavier than a work, heaviest first, as many as asked", async () => {
    const headers = await create();
    for (const record of [first, rival, second]) {
      await headers.put(record);
      await headers.addCandidate(record);
    }
    await headers.addCandidate(rival);
    const of = (records: readonly (typeof first)[]) =>
      records.map(({ work, hash }) => ({ work, hash }));
    expect(await headers.candidates(0n, 64)).toEqual(of([rival, second, first]));
    expect(await headers.candidates(second.work, 64)).toEqual(of([rival]));
    expect(await headers.candidates(second.work - 1n, 64)).toEqual(of([rival, second]));
    expect(await headers.candidates(0n, 1)).toEqual(of([rival]));
    await headers.dropCandidate(rival.hash);
    await headers.dropCandidate(rival.hash);
    expect(await headers.candidates(0n, 64)).toEqual(of([second, first]));
  });

  it("tells of the candidates among the leaves, heaviest first, bad ones included", async () => {
    const headers = await create();
    for (const record of [second, genesis, rival, first]) await headers.put(record);
    for (const record of [second, rival]) await headers.addCandidate(record);
    expect(await headers.leaves(256)).toEqual([rival.hash, second.hash]);
    expect(await headers.leaves(1)).toEqual([rival.hash]);
    await headers.setRejected(rival.hash, error);
    expect(await headers.leaves(1)).toEqual([rival.hash]);
  });
}

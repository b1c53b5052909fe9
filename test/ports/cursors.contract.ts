import { expect, it } from "vitest";
import type { Cursors } from "#shared/ports/cursors.ts";
import { headerRecord } from "../support/header-records.ts";

const genesis = headerRecord(undefined, 0);
const first = headerRecord(genesis, 1);

/** What every keeper of cursors promises. @param create an empty one each time */
export function cursorsContract(create: () => Promise<Cursors>): void {
  it("keeps a cursor for each follower, the last one said", async () => {
    const cursors = await create();
    expect(await cursors.get("index")).toBeUndefined();
    const low = { rev: 1, height: genesis.height, hash: genesis.hash, generation: 0 };
    const high = { rev: 5, height: first.height, hash: first.hash, generation: 2 };
    await cursors.set("index", high);
    await cursors.set("mempool", low);
    expect(await cursors.get("index")).toEqual(high);
    expect(await cursors.get("mempool")).toEqual(low);
    const back = { ...low, generation: 2 };
    await cursors.set("index", back);
    expect(await cursors.get("index")).toEqual(back);
  });

  it("turns back to no generation that was replaced", async () => {
    const cursors = await create();
    const at = { rev: 5, height: first.height, hash: first.hash };
    await cursors.set("index", { ...at, generation: 1 });
    await cursors.set("index", { ...at, generation: 0 });
    expect(await cursors.get("index")).toEqual({ ...at, generation: 1 });
    await cursors.set("index", { ...at, generation: 2 });
    expect(await cursors.get("index")).toEqual({ ...at, generation: 2 });
  });
}

import { expect, it } from "vitest";
import type { BlockTries } from "#shared/ports/block-tries.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { headerRecord } from "../support/header-records.ts";

const { hash } = headerRecord(undefined, 1);
const other = headerRecord(undefined, 2);

/** What every memory of tries promises. @param create an empty one each time */
export function blockTriesContract(create: () => Promise<BlockTries>): void {
  it("knows nothing of a block that was never noted", async () => {
    const tries = await create();
    await tries.note(other.hash, unixSeconds(1_700_000_000));
    expect(await tries.get(hash)).toBeUndefined();
  });

  it("counts, and remembers the last time", async () => {
    const tries = await create();
    await tries.note(hash, unixSeconds(1_700_000_000));
    expect(await tries.get(hash)).toEqual({
      ...{ count: 1, last: 1_700_000_000 },
      told: undefined,
    });
    await tries.note(hash, unixSeconds(1_700_000_090));
    await tries.note(other.hash, unixSeconds(1_700_000_100));
    expect(await tries.get(hash)).toMatchObject({ count: 2, last: 1_700_000_090 });
  });

  it("remembers when operators were told of a block, through further notes of it", async () => {
    const tries = await create();
    for (const one of [hash, other.hash]) await tries.note(one, unixSeconds(1_700_000_000));
    await tries.noteTold(hash, unixSeconds(1_700_000_010));
    await tries.note(hash, unixSeconds(1_700_000_600));
    const told = { count: 2, last: 1_700_000_600, told: 1_700_000_010 };
    expect(await tries.get(hash)).toEqual(told);
    expect(await tries.get(other.hash)).toMatchObject({ told: undefined });
  });
}

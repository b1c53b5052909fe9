import { expect, it } from "vitest";
import type { TipNotice } from "#shared/ports/tip-notice.ts";
import { headerRecord } from "../support/header-records.ts";

const genesis = headerRecord(undefined, 0);
const first = { ...headerRecord(genesis, 3), work: (1n << 255n) + 5n };

/** What every notice promises. @param create an empty one each time */
export function tipNoticeContract(create: () => Promise<TipNotice>): void {
  it("says nothing before the first, then the last one whole", async () => {
    const notice = await create();
    expect(await notice.read()).toBeUndefined();
    const of = ({ height, hash, work }: typeof first, rev: number) => ({ rev, height, hash, work });
    await notice.put(of(first, 7));
    expect(await notice.read()).toEqual(of(first, 7));
    await notice.put(of(genesis, 8));
    expect(await notice.read()).toEqual(of(genesis, 8));
  });

  it("stays with the newest, whoever comes late", async () => {
    const notice = await create();
    await notice.put({ ...genesis, rev: 8 });
    await notice.put({ ...first, rev: 7 });
    expect(await notice.read()).toMatchObject({ rev: 8, hash: genesis.hash });
    await notice.put({ ...first, rev: 8 });
    expect(await notice.read()).toMatchObject({ rev: 8, hash: first.hash });
  });
}

import { expect, it } from "vitest";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { RAW_SECONDS, type RawTransactions } from "#shared/ports/raw-transactions.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { txidOf } from "./pool.contract.ts";

const START = unixSeconds(1_600_000_000);

/** What keeps unjudged bytes promises. @param create an empty one by this clock each time */
export function rawTransactionsContract(
  create: (clock: Pick<Clock, "now">) => Promise<RawTransactions>,
): void {
  it("gives back what was put, as bytes of the caller", async () => {
    const transactions = await create(createManualClock(START));
    expect(await transactions.get(txidOf(1))).toBeUndefined();
    const raw = Uint8Array.of(1, 2, 3);
    await transactions.put(txidOf(1), raw);
    raw.fill(0);
    const found = await transactions.get(txidOf(1));
    expect(found).toEqual(Uint8Array.of(1, 2, 3));
    expect(found?.constructor).toBe(Uint8Array);
    found?.fill(9);
    expect(await transactions.get(txidOf(1))).toEqual(Uint8Array.of(1, 2, 3));
    expect(await transactions.get(txidOf(2))).toBeUndefined();
  });

  it("keeps the last bytes of an id, and all of the largest transaction", async () => {
    const transactions = await create(createManualClock(START));
    const large = new Uint8Array(100_000).map((_, at) => at);
    await transactions.put(txidOf(1), Uint8Array.of(1));
    await transactions.put(txidOf(1), large);
    expect(await transactions.get(txidOf(1))).toEqual(large);
  });

  it("forgets them when their time is over, and not before", async () => {
    const clock = createManualClock(START);
    const transactions = await create(clock);
    await transactions.put(txidOf(1), Uint8Array.of(1));
    clock.advance((RAW_SECONDS - 1) * 1_000);
    expect(await transactions.get(txidOf(1))).toEqual(Uint8Array.of(1));
    clock.advance(1_000);
    expect(await transactions.get(txidOf(1))).toBeUndefined();
  });
}

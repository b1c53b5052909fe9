import { describe, expect, it } from "vitest";
import { type Delivered, handIn } from "#services/stake/hand-in.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryCoinStore } from "#shared/adapters/embedded/memory-coin-store.ts";
import { createMemoryHeaderStore } from "#shared/adapters/embedded/memory-header-store.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

const record = genesisRecord(exosRegtest);
const { hash } = record;
const error = { code: "bad-cs-amount", stage: "full", effect: "invalid", detail: {} } as const;

/** A city without a tip, whose door says this. */
async function at(delivered: Delivered) {
  const clock = createManualClock(unixSeconds(0));
  const headers = createMemoryHeaderStore();
  await headers.put(record);
  const deps = {
    deliver: async () => delivered,
    headers,
    coins: createMemoryCoinStore("exos"),
    clock,
  };
  return { clock, headers, answer: handIn(new Uint8Array(), deps) };
}

const settle = () => new Promise(setImmediate);

describe("handing a block of ours in", () => {
  it("answers at once where nothing is to be judged", async () => {
    const stored = {
      record,
      ...{ bodySize: 1, checked: true, rejected: undefined, applied: [], totals: undefined },
    };
    const cases: readonly (readonly [Delivered, string])[] = [
      [{ state: "known", stored }, "duplicate"],
      [{ state: "known", stored: { ...stored, rejected: error } }, "duplicate-invalid"],
      [{ state: "orphan", hash }, "prev-blk-not-found"],
      [{ state: "too-deep", hash }, "inconclusive"],
      [{ state: "refused", hash, error }, "bad-cs-amount"],
      [{ state: "accepted", record, heavier: false }, "inconclusive"],
    ];
    for (const [delivered, answer] of cases) {
      expect(await (await at(delivered)).answer).toEqual({ hash, answer });
    }
    await expect((await at({ state: "undecodable" })).answer).rejects.toThrow(RangeError);
  });

  it("waits for the verdict of those who judge", async () => {
    const { clock, headers, answer } = await at({ state: "accepted", record, heavier: true });
    await settle();
    await headers.setRejected(hash, error);
    clock.advance(500);
    expect(await answer).toEqual({ hash, answer: "bad-cs-amount" });
  });

  it("waits no longer than a slot", async () => {
    const { clock, answer } = await at({ state: "accepted", record, heavier: true });
    let isOver = false;
    void answer.then(() => {
      isOver = true;
    });
    for (let look = 0; look < 30; look++) {
      await settle();
      expect(isOver).toBe(false);
      clock.advance(500);
    }
    expect(await answer).toEqual({ hash, answer: "inconclusive" });
  });
});

import { expect, it } from "vitest";
import { holdTip } from "#services/rpc/city/hold-tip.ts";
import { holdTipHeader } from "#services/rpc/city/hold-tip-header.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryCoinStore } from "#shared/adapters/embedded/memory-coin-store.ts";
import { createMemoryHeaderStore } from "#shared/adapters/embedded/memory-header-store.ts";
import { genesisTip } from "#shared/coins/tip.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { withTip } from "#shared/ports/with-tip.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { headerRecord } from "../../support/header-records.ts";

it("asks for a tip as new as the notice tells of, and for the newest where that lags or is gone", async () => {
  const { tip } = genesisTip(genesisRecord(exosRegtest));
  const asked: (number | undefined)[] = [];
  const coins = withTip(createMemoryCoinStore("exos"), async (toldRev) => {
    asked.push(toldRev);
    return { ...tip, rev: toldRev ?? 6 };
  });
  const clock = createManualClock(unixSeconds(1_700_000_000));
  let noticed: number | undefined;
  const read = async () => (noticed === undefined ? undefined : { ...tip, rev: noticed });
  const held = holdTip(coins, { notice: { read }, clock });
  const look = async (rev?: number) => {
    noticed = rev;
    clock.advance(1_000);
    return (await held.tip())?.rev;
  };
  expect(await look()).toBe(6);
  expect(await look(6)).toBe(6);
  expect(await look(5)).toBe(6);
  expect(await look(7)).toBe(7);
  expect(await look()).toBe(6);
  expect(asked).toEqual([undefined, undefined, 7, undefined]);
});

it("reads the header of a tip once, and every other one as often as it is asked for", async () => {
  const { tip } = genesisTip(genesisRecord(exosRegtest));
  const below = headerRecord(undefined, 1);
  const above = headerRecord(below, 2);
  const kept = createMemoryHeaderStore();
  const read: HashHex[] = [];
  const get = async (hash: HashHex) => {
    read.push(hash);
    return kept.get(hash);
  };
  let hash = below.hash;
  const headers = holdTipHeader({ ...kept, get }, { tip: async () => ({ ...tip, hash }) });
  const look = async (...records: readonly HeaderRecord[]) => {
    for (const record of records) {
      expect((await headers.get(record.hash))?.record).toEqual(record);
    }
    return read.splice(0);
  };
  expect(await headers.get(below.hash)).toBeUndefined();
  for (const record of [below, above]) await headers.put(record);
  expect(await look(below, below, above, above)).toEqual(
    [below, below, above, above].map((record) => record.hash),
  );
  hash = above.hash;
  expect(await look(above, above, below, below)).toEqual(
    [above, below, below].map((record) => record.hash),
  );
});

import { expect, it } from "vitest";
import { holdTip } from "#services/rpc/city/hold-tip.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryCoinStore } from "#shared/adapters/embedded/memory-coin-store.ts";
import { genesisTip } from "#shared/coins/tip.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { withTip } from "#shared/ports/with-tip.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

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

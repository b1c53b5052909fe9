import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlotSearch } from "#services/stake/slot-search.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { amount, compactBits, height, unixSeconds } from "#shared/primitives/brand.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { StakeCoin } from "#shared/primitives/stake-coin.ts";
import { madeUpOutpoint, signer } from "../../support/block-builder.ts";

const key = signer(7);
const parent = genesisRecord(exosRegtest);
const SLOT = 16;
const FIRST = Math.ceil((parent.header.time + 1) / SLOT) * SLOT;
const SLOTS = { bits: compactBits(0x1b00ffff), slotSeconds: SLOT, spacingSecondsMin: 0 };

/** A coin that proves every slot. */
function coinOf(number: number): StakeCoin {
  const value = amount(1n << 52n);
  const times = { time: unixSeconds(0), height: height(0) };
  return {
    outpoint: madeUpOutpoint(number),
    coin: { value, scriptPubKey: key.payToHash, kind: "ordinary", ...times },
    branch: "plain",
    publicKey: key.publicKey,
  };
}

const name = (coin: StakeCoin, time: number) =>
  `${outpointKey(coin.outpoint)} ${(time - FIRST) / SLOT}`;

describe("the search of slots", () => {
  it("tries every coin at every slot once, whenever it looks and however little it tries", () => {
    const look = fc.record({
      seconds: fc.integer({ min: -40, max: 100 }),
      coins: fc.integer({ min: 0, max: 5 }),
      kernels: fc.integer({ min: 1, max: 12 }),
      tries: fc.integer({ min: 0, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(look, { maxLength: 12 }), (looks) => {
        const search = new SlotSearch<StakeCoin>(parent, SLOTS);
        const tried: string[] = [];
        let now = FIRST - 1;
        let latest = now;
        let most = 0;
        const run = (kernels: number, tries: number) => {
          for (let left = tries; left > 0; left--) {
            const found = search.next(kernels);
            if (found === "done") return;
            if (found !== "spent") tried.push(name(found.coin, found.time));
          }
        };
        for (const { seconds, coins, kernels, tries } of looks) {
          now = Math.max(0, now + seconds);
          const held = Array.from({ length: coins }, (_, index) => coinOf(index));
          search.extend(held, unixSeconds(now));
          latest = Math.max(latest, now);
          if (latest >= FIRST) most = Math.max(most, coins);
          run(kernels, tries);
        }
        run(1_000, Number.POSITIVE_INFINITY);
        const wanted: string[] = [];
        for (let time = FIRST; time <= latest; time += SLOT) {
          for (let coin = 0; coin < most; coin++) wanted.push(name(coinOf(coin), time));
        }
        expect(tried.toSorted()).toEqual(wanted.toSorted());
      }),
    );
  });

  it("begins with the newest slot, and comes back to the others", () => {
    const search = new SlotSearch<StakeCoin>(parent, SLOTS);
    search.extend([coinOf(1)], unixSeconds(FIRST + 2 * SLOT));
    const at = () => {
      const found = search.next(1);
      return typeof found === "string" ? found : (found.time - FIRST) / SLOT;
    };
    expect(at()).toBe(2);
    search.extend([coinOf(1)], unixSeconds(FIRST + 3 * SLOT + 5));
    expect(search.searchedTo).toBe(FIRST + 3 * SLOT);
    expect([at(), at(), at(), at()]).toEqual([3, 1, 0, "done"]);
  });

  it("keeps the spacing that it is given, to the second", () => {
    const slotOf = (spacingSecondsMin: number) => {
      const search = new SlotSearch<StakeCoin>(parent, { ...SLOTS, spacingSecondsMin });
      search.extend([coinOf(1)], unixSeconds(FIRST + 10 * SLOT));
      const slots: number[] = [];
      for (let found = search.next(99); typeof found !== "string"; found = search.next(99)) {
        slots.push(found.time);
      }
      return slots.at(-1);
    };
    const gap = FIRST - parent.header.time;
    expect(slotOf(0)).toBe(FIRST);
    expect(slotOf(gap)).toBe(FIRST);
    expect(slotOf(gap + 1)).toBe(FIRST + SLOT);
  });
});

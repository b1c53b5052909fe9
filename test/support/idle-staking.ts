import type { Staking, StakingStatus } from "#shared/ports/staking.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import { parseHashHex, zeroHash } from "#shared/primitives/hash.ts";

const hash = parseHashHex("22".repeat(32)) ?? fail();

function fail(): never {
  throw new RangeError("a hash of 64 digits");
}

/** What a staker that searches might say. */
export const SEARCHING_STATUS: StakingStatus = {
  enabled: true,
  searching: true,
  reason: {
    code: "searching",
    text: "Kernels are tried.",
    since: unixSeconds(1_526_428_000),
    next: unixSeconds(1_526_428_700),
    fix: "Nothing has to be done.",
  },
  wins: [
    {
      code: "won",
      text: "Block 539 won.",
      hash,
      height: height(539),
      time: unixSeconds(1_526_428_600),
      gain: amount(100_000_000n),
      blocksLeft: 8,
    },
  ],
  weight: amount(30_000_000_000_000_001n),
  coins: 3,
  immature: amount(100_000_000n),
  reserve: amount(150_000_000n),
  chancePerSlot: 0.5,
  networkWeight: 562_958_543_355_904,
  expectedSeconds: 32.4,
  searchSeconds: 48,
  lastBlock: { size: 500, transactions: 3 },
};

/** A staker that does nothing, and what it was told. */
export function idleStaking(told: string[] = []): Staking {
  let status = SEARCHING_STATUS;
  const off = { ...status.reason, code: "off", text: "Staking is switched off." } as const;
  return {
    status: async () => status,
    async start(wallet) {
      told.push(wallet === undefined ? "start" : `start ${wallet.name} ${wallet.password}`);
      if (wallet?.password === "wrong") {
        const fields = {};
        return {
          ok: false,
          error: { code: "EXOS-E5002", message: "The password is wrong.", fields },
        };
      }
      status = SEARCHING_STATUS;
      return { ok: true, value: undefined };
    },
    stop() {
      told.push("stop");
      status = { ...status, enabled: false, searching: false, reason: off };
    },
    setReserve(reserve) {
      told.push(`reserve ${reserve}`);
      status = { ...status, reserve };
    },
    async checkKernels(outpoints) {
      const asked = outpoints ?? [{ txid: zeroHash(), index: 0 }];
      told.push(`kernels ${asked.length}`);
      return asked.map((outpoint) => ({
        outpoint,
        state: "eligible",
        found: outpoint.index === 0,
        time: unixSeconds(1_526_428_688),
        chancePerSlot: 0.25,
      }));
    },
  };
}

import { createStaker } from "#services/stake/core.ts";
import { Minter, type MinterDeps, type StakeSettings } from "#services/stake/minter.ts";
import type { Surroundings } from "#services/stake/staking-reason.ts";
import { createValidator } from "#services/validate/core.ts";
import { createMempool } from "#services/validate/mempool.ts";
import type { ManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createMemoryPool } from "#shared/adapters/embedded/memory-pool.ts";
import { createSeededEntropy } from "#shared/adapters/embedded/seeded-entropy.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Network } from "#shared/consensus/params.ts";
import { defaultPolicy } from "#shared/consensus/policy/pool-policy.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import type { Signer } from "./block-builder.ts";
import { memoryValidator } from "./memory-validator.ts";
import { createTestWallet } from "./test-wallet.ts";

/** The last second before a slot of the time when these tests play. */
export const STAKING_START = unixSeconds(1_600_000_000 - 1);
export const SLOT_SECONDS = 16;
const COIN = 100_000_000n;

export const DEFAULT_SETTINGS: StakeSettings = {
  enabled: true,
  reserve: amount(0n),
  valueMin: amount(10_000_000n),
  split: { enabled: true, valueMin: amount(100n * COIN) },
  spacingSecondsMin: 0,
};

export interface StakingNodeOptions {
  readonly key: Signer;
  readonly network?: Network;
  readonly settings?: Partial<StakeSettings>;
  /** Where transactions come from; nowhere unless given, `real`: a pool on this chain. */
  readonly mempool?: MinterDeps["mempool"] | "real";
}

/** A staker over stores in memory, whose blocks are connected as soon as they are handed in. */
export function openStakingNode({ key, network = exosRegtest, ...options }: StakingNodeOptions) {
  const stores = memoryValidator(network, STAKING_START);
  const validator = createValidator({
    ...stores,
    connected: async () => void (await validator.connect()),
  });
  // `memoryValidator` runs on a manual clock.
  const clock = stores.clock as ManualClock;
  const wallet = createTestWallet(key, network);
  const around: Surroundings = { clockSkewSeconds: 0, peers: 1, syncing: undefined };
  const state = { around, spent: new Set<string>() };
  const log = createMemoryLog();

  /** Hand a block in, as a peer would or as ours. */
  async function submit(block: Uint8Array) {
    const submission = await validator.submit(block);
    if (submission.state === "undecodable") throw new RangeError(submission.reason);
    const record = (await stores.headers.get(submission.hash))?.record;
    if (record !== undefined) wallet.note(block, record.height);
    return submission;
  }

  const pool = createMempool({
    ...stores,
    log,
    policy: defaultPolicy(network),
    pool: createMemoryPool(),
    entropy: createSeededEntropy("staking"),
    accepted: { send: async () => undefined },
  });
  const noPool = { template: async () => [], spenderOf: async () => undefined };
  const mempool = options.mempool === "real" ? pool : (options.mempool ?? noPool);
  const deps: MinterDeps = {
    ...stores,
    network,
    mempool,
    clock,
    log,
    wallets: wallet.wallets,
    tip: () => validator.tip(),
    submit,
    settings: { ...DEFAULT_SETTINGS, ...options.settings },
    surroundings: () => state.around,
  };
  const minter = new Minter(deps);
  const staker = createStaker(deps);
  return {
    network,
    stores,
    validator,
    clock,
    wallet,
    state,
    log,
    deps,
    minter,
    staker,
    pool,
    submit,
    /** Proof-of-work blocks paid to the key; the premine in so many coins. */
    async mine(count: number, coins = 1, script = key.payToHash): Promise<void> {
      const premine = Array.from({ length: coins }, () => script);
      const mined = await staker.generate(count, script, { premine });
      if (!mined.ok) throw new RangeError(mined.error.message);
    },
    /** Go on to the next slot, and look. */
    async nextSlot(slots = 1): Promise<void> {
      const now = clock.now();
      const next = now - (now % SLOT_SECONDS) + slots * SLOT_SECONDS;
      clock.advance((next - now) * 1_000);
      await minter.look();
    },
    height: async () => height((await validator.tip()).height),
  };
}

export type StakingNode = ReturnType<typeof openStakingNode>;

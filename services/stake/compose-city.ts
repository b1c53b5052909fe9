import type { AddressIndex } from "#shared/ports/address-index.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { Mempool } from "#shared/ports/mempool.ts";
import type { Pool } from "#shared/ports/pool.ts";
import { readOnlyPool } from "#shared/ports/read-only-pool.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";
import type { StakeSigner } from "#shared/ports/stake-signer.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { amount } from "#shared/primitives/brand.ts";
import { runStake } from "./container.ts";
import { type Delivered, handIn } from "./hand-in.ts";
import { createKeyWallet } from "./key-wallet.ts";
import { Minter, type MinterDeps, type StakeSettings } from "./minter.ts";

/** What the staker of a city works on. */
export interface CityStakeDeps
  extends Pick<
    MinterDeps,
    "network" | "clock" | "log" | "metrics" | "coins" | "headers" | "tip" | "pause" | "surroundings"
  > {
  readonly signer: StakeSigner;
  readonly index: Pick<AddressIndex, "coins">;
  /** As the table has them, where `headers` may be held. */
  readonly stored: Pick<HeaderStore, "get">;
  readonly pool: Pool;
  /** A judge of transactions over a pool, which takes over what counts there. */
  judge(pool: Pool): Promise<Pick<Mempool, "template">>;
  /** The way of blocks into the city. */
  deliver(block: Uint8Array): Promise<Delivered>;
}

/** As the command line has them by default. @source interfaces.md 1 */
const SETTINGS: StakeSettings = {
  enabled: true,
  reserve: amount(0n),
  valueMin: amount(10_000_000n),
  split: { enabled: true, valueMin: amount(10_000_000_000n) },
  spacingSecondsMin: 0,
};
/** How soon staking is begun again after it failed: a role may be put right. Twice as long each time. */
const AGAIN_MS = 60_000;
/** No longer than this, and who staked for as long before it failed again has the first wait again. */
const AGAIN_MS_MAX = 3_600_000;

/**
 * The staker of a city: the coins of its one key, kernels in slices of some milliseconds between which
 * peers have their turn, templates that are signed elsewhere. A key has a handful of coins, and each is
 * one kernel a slot; a thread of its own would need a second copy of the tip and of the headers.
 *
 * @returns the minter, once the signer told its key
 * @throws StoreFault when the signer failed; RangeError on a network without stake
 */
export async function composeCity(deps: CityStakeDeps): Promise<Minter> {
  const { signer, index, clock, pool, judge, coins } = deps;
  const publicKey = await signer.publicKey();
  return new Minter({
    ...deps,
    wallets: createKeyWallet({ signer, publicKey, index, clock }),
    mempool: {
      // Asked for once a block of ours is found: nothing is kept from one to the next.
      template: async (limits) => (await judge(readOnlyPool(pool))).template(limits),
      async spenderOf(outpoint) {
        const txid = await pool.claimant(outpoint);
        return txid === undefined ? undefined : (await pool.get(txid))?.txid;
      },
    },
    submit: (block) => handIn(block, { ...deps, coins, headers: deps.stored }),
    settings: SETTINGS,
  });
}

/**
 * Stake for a city until the signal is aborted. Whatever throws, its stores, its signer or a bug of
 * ours, peers are talked to all the same: this is the door of a worker that may die and is started
 * again. A template or coin that it stumbles over is there at the next start too, hence the growing
 * waits.
 *
 * @source cloud.md 1, 7.2
 */
export async function runCityStake(deps: CityStakeDeps, signal: AbortSignal): Promise<void> {
  const { clock } = deps;
  let againMs = AGAIN_MS;
  while (!signal.aborted) {
    const begunMs = clock.elapsedMs();
    try {
      const minter = await composeCity(deps);
      await runStake({ ...deps, minter }, signal);
    } catch (cause) {
      if (clock.elapsedMs() - begunMs >= AGAIN_MS_MAX) againMs = AGAIN_MS;
      tell(cause, againMs / 1_000, deps);
      await sleepOrStop(clock, againMs, signal);
      againMs = Math.min(2 * againMs, AGAIN_MS_MAX);
    }
  }
}

function tell(cause: unknown, againSeconds: number, { log }: Pick<CityStakeDeps, "log">): void {
  const message = "staking failed and is begun again";
  if (cause instanceof StoreFault) {
    log.error(cause.code ?? "EXOS-E1000", message, { err: cause.message, againSeconds });
    return;
  }
  const err = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  log.error("EXOS-E9001", message, { err, againSeconds });
}

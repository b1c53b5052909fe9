import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import {
  composeEmbedded,
  type Shared,
  type EmbeddedOptions as StakingSettings,
} from "#services/stake/compose-embedded.ts";
import { runStake } from "#services/stake/container.ts";
import type { Staking } from "#shared/ports/staking.ts";
import type { Wallets } from "#shared/ports/wallets.ts";

/** What the operator says about staking, and what the node says about itself. */
export interface StakingOptions {
  readonly settings: StakingSettings;
  /** At the tip, among peers, by a right clock, unless given. */
  readonly surroundings?: Shared["surroundings"] | undefined;
}

/** The staker of an open node. */
export interface NodeStaking extends Staking {
  /** Mint until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
}

const ALONE: ReturnType<Shared["surroundings"]> = {
  clockSkewSeconds: 0,
  peers: undefined,
  syncing: undefined,
};

/** @returns `undefined` on a network without proof of stake */
export function openStaking(
  node: EmbeddedNode,
  wallets: Wallets,
  { settings, surroundings = () => ALONE }: StakingOptions,
): NodeStaking | undefined {
  const { network, clock, metrics, coins, headers, mempool, validator } = node;
  if (network.consensus.stake === undefined) return undefined;
  const log = node.log.module("stake");
  const shared = { network, clock, metrics, coins, headers, mempool, wallets, log, surroundings };
  const { submit, pause } = node.minting;
  const minter = composeEmbedded(
    { ...shared, submit, pause, tip: () => validator.tip() },
    settings,
  );
  return {
    status: () => minter.status(),
    start: (wallet) => minter.start(wallet),
    stop: () => minter.stop(),
    setReserve: (reserve) => minter.setReserve(reserve),
    checkKernels: (outpoints) => minter.checkKernels(outpoints),
    run: (signal) => runStake({ minter, clock, log }, signal),
  };
}

import type { PeeredNode } from "#services/cli/embedded/open-peers.ts";
import type { StakingOptions } from "#services/cli/embedded/open-staking.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import type { Config } from "#services/cli/read-config.ts";
import { amount } from "#shared/primitives/brand.ts";

const PLACES = 8;

/** @throws CommandFailure for what is no amount of coins */
function coinsOf(config: Config, name: "reservebalance"): bigint {
  const text = config.text(name) ?? "0";
  const [, whole, fraction = ""] = /^(\d{1,12})(?:\.(\d{1,8}))?$/.exec(text) ?? [];
  if (whole === undefined) {
    const message = `${name}: "${text}" is no number of coins with at most eight places`;
    throw new CommandFailure(message, { code: "EXOS-E0002", exit: EXIT.usage });
  }
  return BigInt(`${whole}${fraction.padEnd(PLACES, "0")}`);
}

const unitsOf = (config: Config, name: "minimumstakingcoinvalue" | "minimumsplitcoinvalue") =>
  amount(BigInt(config.integer(name) ?? 0));

/** What a command says about staking where the operator says nothing. */
export interface StakingDefaults {
  readonly byDefault: boolean;
  /** Least time between two blocks, for development networks. */
  readonly spacingSecondsMin: number;
}

const NOT_UNLESS_TOLD: StakingDefaults = { byDefault: false, spacingSecondsMin: 0 };

/** What flags, environment and file say about staking, and where a staker looks for peers. */
export function stakingOptionsOf(
  config: Config,
  { ingest, peers }: Pick<PeeredNode, "ingest" | "peers">,
  { byDefault, spacingSecondsMin }: StakingDefaults = NOT_UNLESS_TOLD,
): StakingOptions {
  return {
    settings: {
      enabled: config.entries.staking === undefined ? byDefault : config.flag("staking"),
      reserve: amount(coinsOf(config, "reservebalance")),
      valueMin: unitsOf(config, "minimumstakingcoinvalue"),
      split: {
        enabled: config.flag("enablecoinstakesplitting"),
        valueMin: unitsOf(config, "minimumsplitcoinvalue"),
      },
      spacingSecondsMin,
    },
    surroundings() {
      const { phase, peers: count, etaSeconds } = ingest.progress();
      // The peers say how far they are ahead of this machine.
      const ahead = peers.network().clockSkewSeconds ?? 0;
      // Nobody to ask is a state of its own.
      const isBehind = phase === "headers" || phase === "blocks";
      return {
        clockSkewSeconds: -ahead,
        peers: count,
        syncing: isBehind ? { phase, etaSeconds } : undefined,
      };
    },
  };
}

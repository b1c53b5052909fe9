import { join } from "node:path";
import { CITIES } from "#regions/fleet.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { DEVELOPMENT_SCRIPT } from "#services/cli/dev/development-address.ts";
import { openDevelopmentWallet, RIVAL_WORDS } from "#services/cli/dev/development-wallet.ts";
import { keepGrowing } from "#services/cli/dev/keep-growing.ts";
import { type FleetPlan, planFleet } from "#services/cli/embedded/open-fleet.ts";
import type { PeeredNode } from "#services/cli/embedded/open-peers.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { dealGroups, parseSizes } from "#services/cli/fleet/deal-groups.ts";
import { nodeOptionsOf } from "#services/cli/open-node-of.ts";
import { peerOptionsOf } from "#services/cli/peer-options-of.ts";
import { PROGRAM_VERSION } from "#services/cli/program-version.ts";
import type { Config } from "#services/cli/read-config.ts";
import { accessOf } from "#services/cli/run-node.ts";
import { stakingOptionsOf } from "#services/cli/staking-options-of.ts";
import { together } from "#services/cli/together.ts";

/** The second city stakes too, with coins of its own. */
const RIVAL_CITY = "lon";
/** How much longer it lets the chain stand still before it mints: two slots. */
const RIVAL_PAUSE_SECONDS = 32;

/** Folder of the other cities, beside those of the networks. */
const CITIES_FOLDER = "cities";

/**
 * The sizes that `--partition` asks for.
 * @throws CommandFailure where they do not divide the cities
 */
export function devPartitionOf({ options }: CommandContext): readonly [number, number] | undefined {
  const { partition, cities = "1" } = options;
  if (partition === undefined) return undefined;
  const sizes = parseSizes(partition);
  const codes = CITIES.slice(0, Number(cities)).map(({ code }) => code);
  const dealt = sizes === undefined ? undefined : dealGroups(codes, sizes);
  if (sizes !== undefined && dealt?.ok === true) return sizes;
  const message = `--partition ${partition} does not divide ${codes.length} cities in two`;
  throw new CommandFailure(message, { code: "EXOS-E8002", exit: EXIT.usage });
}

/**
 * The fleet that `--cities` asks for; `undefined` for one node alone.
 * @throws CommandFailure for a number of cities that there are not
 */
export function devFleetOf(
  context: CommandContext,
  spacingSecondsMin: number,
): FleetPlan | undefined {
  const { config, options } = context;
  const count = Number(options["cities"] ?? 1);
  if (count < 1 || count > CITIES.length) {
    const message = `--cities takes 1 to ${CITIES.length}, not ${count}`;
    throw new CommandFailure(message, { code: "EXOS-E0002", exit: EXIT.usage });
  }
  if (count === 1) return undefined;
  const { checkpoints, settings } = peerOptionsOf(config);
  return planFleet({
    cities: CITIES.slice(0, count),
    root: join(config.datadir, CITIES_FOLDER),
    node: ({ code }) => nodeOptionsOf(context, code),
    peers: { checkpoints, settings },
    answers: ({ code }, peered) => ({
      ...(code === RIVAL_CITY ? stakerOf(config, peered, spacingSecondsMin) : {}),
      ...accessOf(config),
      readiness: { blocksMax: config.integer("readymaxlag") ?? 2, ageSecondsMax: undefined },
      version: PROGRAM_VERSION,
      rewardScript: DEVELOPMENT_SCRIPT,
    }),
    async beside({ city, node, answers }, signal) {
      const { staking } = answers;
      if (city.code !== RIVAL_CITY || staking === undefined) return;
      await openDevelopmentWallet(answers, RIVAL_WORDS);
      await together(
        [
          (end) => staking.run(end),
          (end) => keepGrowing({ node, staking }, spacingSecondsMin, end),
        ],
        signal,
      );
    },
  });
}

function stakerOf(config: Config, peered: PeeredNode, spacingSecondsMin: number) {
  // Both have coins that win every slot: without a lead they would tie at every height for ever.
  const lead = spacingSecondsMin + RIVAL_PAUSE_SECONDS;
  const defaults = { byDefault: true, spacingSecondsMin: lead };
  return { wallets: {}, staking: stakingOptionsOf(config, peered, defaults) };
}

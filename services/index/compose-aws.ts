import { createDynamoClient } from "#shared/adapters/aws/aws-clients.ts";
import { readCityEnvironment } from "#shared/adapters/aws/city-environment.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { networkOfCity } from "#shared/adapters/aws/network-of-city.ts";
import { openAddressIndex } from "#shared/adapters/aws/open-address-index.ts";
import { CHAIN_VARIABLES, openChainStores } from "#shared/adapters/aws/open-chain-stores.ts";
import { readTraceSettings } from "#shared/adapters/aws/trace-settings.ts";
import { createLateTraces } from "#shared/adapters/embedded/late-traces.ts";
import { createStreamLog } from "#shared/adapters/embedded/stream-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import type { Log } from "#shared/ports/log.ts";
import type { Traces } from "#shared/ports/traces.ts";
import type { IndexDeps } from "./core.ts";
import { rememberCursor } from "./remember-cursor.ts";
import { rememberTip } from "./remember-tip.ts";

/** What the environment of this function holds. */
export const WANTED = [
  "EXOS_ENVIRONMENT",
  "EXOS_CITY",
  "EXOS_NETWORK",
  ...CHAIN_VARIABLES,
  "EXOS_TABLE_INDEX",
] as const;

/** The follower of one city. */
export interface AwsIndex {
  readonly deps: IndexDeps;
  readonly log: Log;
  /** `undefined` where nothing is traced. */
  readonly traces: Traces | undefined;
}

/**
 * The index over the tables of a city. Builds every client and asks for nothing.
 *
 * @throws StoreFault `EXOS-E8101` that names what is missing or wrong in the environment
 */
export function composeAws(environment: Readonly<Record<string, string | undefined>>): AwsIndex {
  const env = readCityEnvironment(environment, WANTED);
  const network = networkOfCity(env.EXOS_NETWORK);
  const { wire } = network.consensus;
  const clock = createSystemClock();
  const log = createStreamLog({
    write: (line) => process.stdout.write(line),
    form: "json",
    level: "info",
    constant: { service: "index", city: env.EXOS_CITY },
  });
  const traces = createLateTraces(readTraceSettings(environment, "index"), { clock, log });
  const dynamo = createDynamoClient({}, traces);
  const stores = openChainStores(env, {
    clients: { dynamo, traces },
    network,
    clock,
    entropy: createSystemEntropy(),
  });
  const tip = rememberTip(stores.coins);
  const cursor = rememberCursor(stores.cursors);
  const known = { ...stores, coins: tip.told, cursors: cursor.told, dynamo, wire, clock };
  const index = { ...openAddressIndex(env.EXOS_TABLE_INDEX, known), cursor: cursor.asked };
  const leases = createDynamoLeases(stores.chain);
  const isLoading = async () => (await leases.holder("load", clock.now())) !== undefined;
  return { deps: { coins: tip.asked, blocks: stores.blocks, index, isLoading }, log, traces };
}

import { edgeNames } from "#regions/edge-names.ts";
import { ENVIRONMENTS } from "#regions/environment.ts";
import { citiesOf } from "#regions/fleet.ts";
import { seedName } from "#regions/seed-name.ts";
import type { CityContext } from "./city-context.ts";
import { traceVariables } from "./trace-variables.ts";

/** What has its names by construction, as the variables that functions and tasks are given. */
export function cityVariables({ names, city, release }: CityContext): Record<string, string> {
  const { tables, buckets } = names;
  return {
    EXOS_ENVIRONMENT: names.environment,
    EXOS_CITY: city.code,
    EXOS_NETWORK: ENVIRONMENTS[names.environment].network,
    EXOS_TABLE_CHAIN: tables.chain,
    EXOS_TABLE_COINS: tables.coins,
    EXOS_TABLE_INDEX: tables.index,
    EXOS_TABLE_POOL: tables.pool,
    EXOS_BUCKET_CHAIN: buckets.chain,
    EXOS_SERVICE_INGEST: `${names.cluster}/${names.service}`,
    EXOS_SERVICE_REPLAY: `${names.cluster}/${names.replay}`,
    // Made by the last stack of the city, which those before it do not wait for.
    EXOS_TOPIC_ALARMS: `arn:aws:sns:${names.region}:${names.account}:${names.topics.alarms}`,
    EXOS_SECRETS: names.secrets,
    EXOS_RELEASE: release,
    ...traceVariables(city),
  };
}

/** The city's place in the fleet: its name among peers, and in a watcher whom it asks and tells. */
export function fleetVariables({ names, city, deployment }: CityContext): Record<string, string> {
  const { zone, vector } = deployment;
  if (!city.edge || zone === undefined) return {};
  const seed = { EXOS_SEED_ZONE: zone.id, EXOS_SEED_NAME: seedName(city, zone) };
  if (!city.host.watcher || vector === undefined) return seed;
  return {
    ...seed,
    EXOS_FLEET_CITIES: citiesOf(names.environment)
      .map(({ code }) => code)
      .join(","),
    EXOS_FLEET_ORIGIN: `https://${zone.name}`,
    EXOS_EDGE_STORE: vector,
    EXOS_BUCKET_WEB: edgeNames(names.environment, names.account).buckets.web,
  };
}

/** Where the money of a city that stakes may go, if the deployer fixed it. @source cloud.md 9.2 */
export function sweepVariables({ names, city, deployment }: CityContext): Record<string, string> {
  const address = deployment.sweepAddresses[names.environment];
  return city.staking && address !== undefined ? { EXOS_SWEEP_ADDRESS: address } : {};
}

import { ENVIRONMENTS } from "#regions/environment.ts";
import type { CityContext } from "./city-context.ts";

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
    EXOS_SECRETS: names.secrets,
    EXOS_RELEASE: release,
  };
}

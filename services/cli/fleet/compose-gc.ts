import type { City } from "#regions/city.ts";
import { createDynamoClient } from "#shared/adapters/aws/aws-clients.ts";
import { createCityGenerations } from "#shared/adapters/aws/city-generations.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { checkAccount, cityNamesOf, type FleetOptions } from "./compose-fleet.ts";
import type { SweepDeps } from "./sweep-generations.ts";

/** The generations of a city's tables, with the operator's own credentials. */
export async function composeGc(options: FleetOptions, city: City): Promise<SweepDeps> {
  const { tables, region } = cityNamesOf(options, city, await checkAccount(options));
  const clock = createSystemClock();
  const client = createDynamoClient({ region });
  return { generations: createCityGenerations({ client, tables, clock }), clock };
}

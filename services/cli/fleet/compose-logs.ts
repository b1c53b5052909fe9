import type { City } from "#regions/city.ts";
import { callerOf, createDynamoClient } from "#shared/adapters/aws/aws-clients.ts";
import { createLogGroups } from "#shared/adapters/aws/log-groups.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import type { CityLogsDeps } from "./city-logs.ts";
import { checkAccount, cityNamesOf, type FleetOptions } from "./compose-fleet.ts";

/** The logs of a city's functions and tasks, with the operator's own credentials. */
export async function composeLogs(options: FleetOptions, city: City): Promise<CityLogsDeps> {
  const { environment, signal } = options;
  const { region, logs } = cityNamesOf(options, city, await checkAccount(options));
  const endpoint = environment["AWS_ENDPOINT_URL_LOGS"] ?? environment["AWS_ENDPOINT_URL"];
  const groups = createLogGroups(callerOf(createDynamoClient({ region }), endpoint));
  const clock = createSystemClock();
  return {
    page: ({ part, ...query }) => groups.find({ ...query, group: `${logs}/${part}` }),
    clock: { sleep: (milliseconds) => clock.sleep(milliseconds, signal) },
  };
}

import { LambdaClient } from "@aws-sdk/client-lambda";
import type { City } from "#regions/city.ts";
import { functionName } from "#regions/city-names.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { clientSettings } from "#shared/adapters/aws/aws-clients.ts";
import { createLambdaSigner } from "#shared/adapters/aws/lambda-signer.ts";
import type { Network } from "#shared/consensus/params.ts";
import { checkAccount, cityNamesOf, composeFleet, type FleetOptions } from "./compose-fleet.ts";
import { createHttpCityCoins } from "./http-city-coins.ts";
import type { SweepCityDeps } from "./sweep-city.ts";

/** A hundred signatures of KMS, one after the other; the function itself ends after 10 s. */
const SIGN_MS = 15_000;

/**
 * A city's signer, asked with the operator's own credentials, and its money as its callers see it.
 *
 * @throws CommandFailure `EXOS-E8008` for a city that answers nowhere yet
 */
export async function composeSweep(
  options: FleetOptions,
  { city, network }: { readonly city: City; readonly network: Network },
): Promise<SweepCityDeps> {
  const names = cityNamesOf(options, city, await checkAccount(options));
  const tools = await composeFleet(options);
  const base = await tools.baseOf(city.code);
  if (base === undefined) {
    throw new CommandFailure(`${city.name} is not deployed: it answers nowhere yet`, {
      code: "EXOS-E8008",
    });
  }
  const client = new LambdaClient({ ...clientSettings(SIGN_MS), region: names.region });
  return {
    network,
    signer: createLambdaSigner({ client, functionName: functionName(names, "stake-sign") }),
    city: createHttpCityCoins(base),
    clock: tools.clock,
    say: options.say,
  };
}

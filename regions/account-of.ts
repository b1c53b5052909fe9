import type { City } from "./city.ts";
import type { Deployment } from "./deployment.ts";
import type { EnvironmentName } from "./environment.ts";

/** Account that a city is deployed to; `undefined` where the deployer has not named one. */
export function accountOf(
  deployment: Pick<Deployment, "accounts" | "cityAccounts">,
  environment: EnvironmentName,
  { code }: Pick<City, "code">,
): string | undefined {
  return deployment.cityAccounts[`${environment}/${code}`] ?? deployment.accounts[environment];
}

import { accountOf } from "#regions/account-of.ts";
import type { City } from "#regions/city.ts";
import type { Deployment } from "#regions/deployment.ts";
import type { EnvironmentName } from "#regions/environment.ts";
import { CommandFailure } from "#services/cli/failure.ts";

/** What is worked on, and by whose word it stands in which account. */
export interface AccountsWanted {
  readonly fleet: EnvironmentName;
  readonly deployment: Pick<Deployment, "accounts" | "cityAccounts">;
  /** Those outside AWS have no account. */
  readonly cities: readonly City[];
  /** Whether something is written that all cities share. */
  readonly edge?: boolean | undefined;
}

/** Who stands in an account, and in which; `undefined` where the deployer named none. */
interface Place {
  readonly name: string;
  readonly account: string | undefined;
}

/**
 * Everything that is worked on, with its account. What all cities share stands in that of the
 * environment, and so does whatever is asked of cities that have none.
 *
 * @throws CommandFailure `EXOS-E8004` naming who has no account yet
 */
export function placesOf(wanted: AccountsWanted): readonly Place[] {
  const { fleet, deployment, cities, edge = false } = wanted;
  const places = cities
    .filter(({ host }) => host.kind === "aws")
    .map((city): Place => {
      return { name: city.code, account: accountOf(deployment, fleet, city) };
    });
  if (edge || places.length === 0) {
    places.push({ name: "the edge", account: deployment.accounts[fleet] });
  }
  const nowhere = places.filter(({ account }) => account === undefined);
  if (nowhere.length === 0) return places;
  const names = nowhere.map(({ name }) => name).join(", ");
  const message = `regions/deployment.ts names no account of ${names}: accounts.${fleet}`;
  throw new CommandFailure(message, { code: "EXOS-E8004" });
}

/**
 * Compare the account of the credentials with that of everybody who is worked on: what is deployed
 * into another one would be a second fleet.
 *
 * @param found twelve digits
 * @throws CommandFailure `EXOS-E8009` naming each city, the account it wants, and the one found
 */
export function judgeAccount(places: readonly Place[], found: string | undefined): string {
  const others = places.filter(({ account }) => account !== found);
  if (found !== undefined && others.length === 0) return found;
  const wanted = others.map(({ name, account }) => `${name} wants ${account}`).join(", ");
  const message = `these credentials are of the account ${found ?? "nobody"}: ${wanted}`;
  throw new CommandFailure(message, { code: "EXOS-E8009" });
}

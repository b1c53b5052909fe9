import type { Deployment } from "#regions/deployment.ts";
import type { EnvironmentName } from "#regions/environment.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { ACCOUNT } from "./shape-faults.ts";

/** What is worked on, and by whose word it stands in which account. */
export interface AccountsWanted {
  readonly fleet: EnvironmentName;
  readonly deployment: Pick<Deployment, "accounts">;
}

/**
 * The account that all of an environment stands in: its cities, the edge and the releases.
 *
 * @throws CommandFailure `EXOS-E8004` where none is named yet
 */
export function accountWanted({ fleet, deployment }: AccountsWanted): string {
  const account = ACCOUNT.safeParse(deployment.accounts[fleet]).data;
  if (account !== undefined) return account;
  const message = `regions/deployment.ts names no account: accounts.${fleet}, twelve digits in quotes`;
  throw new CommandFailure(message, { code: "EXOS-E8004" });
}

/**
 * Compare the account of the credentials with the one that is worked in: what is deployed into another
 * would be a second fleet.
 *
 * @param found twelve digits
 * @throws CommandFailure `EXOS-E8009` naming both
 */
export function judgeAccount(
  { fleet, account }: { readonly fleet: EnvironmentName; readonly account: string },
  found: string | undefined,
): string {
  if (found === account) return account;
  const message = `these credentials are of the account ${found ?? "nobody"}: ${fleet} stands in ${account}`;
  throw new CommandFailure(message, { code: "EXOS-E8009" });
}

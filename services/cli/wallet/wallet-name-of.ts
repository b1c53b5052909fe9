import type { CommandContext } from "#services/cli/command.ts";
import { usageFailure } from "#services/cli/failure.ts";

/** The name behind a verb of `exos wallet`. @throws CommandFailure, exit code 2, without one */
export function walletNameOf({ positionals }: CommandContext, usage: string): string {
  const [, name] = positionals;
  if (name === undefined) throw usageFailure("the name of a wallet is missing", usage);
  return name;
}

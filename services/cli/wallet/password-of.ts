import type { CommandContext, OptionSpec } from "#services/cli/command.ts";
import { readSecret } from "#services/cli/wallet/read-secret.ts";

/** How the password of a wallet may come where it is not typed. */
export const PASSWORD_OPTIONS = {
  "password-file": { kind: "text", meaning: "file whose first line is the password" },
  "password-fd": { kind: "integer", meaning: "open file descriptor that gives the password" },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** @param twice for a new one */
export function passwordOf(
  { options, signal }: Pick<CommandContext, "options" | "signal">,
  what: string,
  { twice = false }: { readonly twice?: boolean } = {},
): Promise<string> {
  return readSecret({
    what,
    options: "--password-file or --password-fd",
    file: options["password-file"],
    descriptor: options["password-fd"],
    twice,
    signal,
  });
}

import type { CommandContext } from "#services/cli/command.ts";
import { createNodeLog } from "#services/cli/embedded/node-tasks.ts";
import { openWalletFiles } from "#services/cli/embedded/wallet-files.ts";
import { refused } from "#services/cli/failure.ts";
import { walletFolderOf } from "#services/cli/wallet/wallet-options-of.ts";
import type { Keystores } from "#shared/ports/keystores.ts";
import type { Refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";

/** The keystores that flags, environment and file describe. */
export function walletFilesOf({ config, terminal }: CommandContext): Keystores {
  const log = createNodeLog({
    write: (line) => terminal.log(line),
    level: "warn",
    constant: { service: "wallet", city: "local" },
    form: terminal.interactive ? "human" : "json",
  });
  return openWalletFiles(walletFolderOf(config), config.network, log);
}

/** @throws CommandFailure with the refusal's sentence, code and exit code */
export function unrefused<T>(result: Result<T, Refusal>): T {
  if (result.ok) return result.value;
  throw refused(result.error);
}

import { resolve } from "node:path";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { usageFailure } from "#services/cli/failure.ts";
import { passwordOf } from "#services/cli/wallet/password-of.ts";
import { unrefused, walletFilesOf } from "#services/cli/wallet/wallet-files-of.ts";
import { walletNameOf } from "#services/cli/wallet/wallet-name-of.ts";

/** `exos wallet backup NAME FILE`, or `--words` to read them: neither needs a node. */
export async function backupWallet(context: CommandContext, usage: string): Promise<ExitCode> {
  const { json, terminal, positionals, options } = context;
  const name = walletNameOf(context, usage);
  const keystores = walletFilesOf(context);
  const { scheme } = unrefused(await keystores.read(name));
  if (options["words"] !== undefined) {
    const password = await passwordOf(context, `Password of the wallet ${name}`);
    const words = unrefused(await keystores.words(name, password));
    // Asked for by name and opened with the password: this is the one answer that is a secret.
    const document = { schema: "exos.wallet-words.v1", name, scheme, words };
    terminal.out(json ? JSON.stringify(document) : words);
    terminal.err(`scheme ${scheme}: write it beside the words, they do not say it`);
    return EXIT.done;
  }
  const [, , file] = positionals;
  if (file === undefined) throw usageFailure("where the copy goes is missing", usage);
  const path = resolve(file);
  unrefused(await keystores.backup(name, path));
  const document = { schema: "exos.wallet-backup.v1", name, scheme, path };
  terminal.out(
    json ? JSON.stringify(document) : `${name} copied to ${path}; its password opens the copy`,
  );
  return EXIT.done;
}

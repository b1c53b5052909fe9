import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { passwordOf } from "#services/cli/wallet/password-of.ts";
import { readSecret } from "#services/cli/wallet/read-secret.ts";
import { unrefused, walletFilesOf } from "#services/cli/wallet/wallet-files-of.ts";
import { walletNameOf } from "#services/cli/wallet/wallet-name-of.ts";

/** `exos wallet change-password NAME`: needs no node; one that runs takes it at the next unlock. */
export async function changePassword(context: CommandContext, usage: string): Promise<ExitCode> {
  const name = walletNameOf(context, usage);
  const keystores = walletFilesOf(context);
  const password = await passwordOf(context, `Present password of the wallet ${name}`);
  const next = await readSecret({
    what: "New password",
    options: "--new-password-file",
    file: context.options["new-password-file"],
    twice: true,
    signal: context.signal,
  });
  unrefused(await keystores.changePassword(name, { password, next }));
  const { json, terminal } = context;
  const document = { schema: "exos.wallet-password.v1", name };
  terminal.out(json ? JSON.stringify(document) : `${name} is under its new password`);
  return EXIT.done;
}

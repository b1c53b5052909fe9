import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { loadInNode } from "#services/cli/wallet/load-in-node.ts";
import { passwordOf } from "#services/cli/wallet/password-of.ts";
import { unrefused, walletFilesOf } from "#services/cli/wallet/wallet-files-of.ts";
import { walletNameOf } from "#services/cli/wallet/wallet-name-of.ts";
import type { WalletCard } from "#shared/ports/keystores.ts";

/** `exos wallet create NAME [--long]`: needs no node. */
export async function createWallet(context: CommandContext, usage: string): Promise<ExitCode> {
  const name = walletNameOf(context, usage);
  const keystores = walletFilesOf(context);
  const password = await passwordOf(context, `Password of the new wallet ${name}`, { twice: true });
  const words = context.options["long"] === undefined ? 12 : 24;
  const source = { kind: "fresh", words } as const;
  const card = unrefused(await keystores.create({ name, password, source, scheme: undefined }));
  const loaded = await loadInNode(context, name);
  printNewWallet(context, card, loaded);
  return EXIT.done;
}

/** What is shown of a wallet that was made just now. */
export function printNewWallet(
  { json, terminal }: CommandContext,
  { name, scheme, fingerprint, network }: WalletCard,
  loaded: boolean,
): void {
  if (json) {
    const document = { schema: "exos.wallet.v1", name, network, scheme, fingerprint, loaded };
    terminal.out(JSON.stringify(document));
    return;
  }
  terminal.out(`wallet       ${name} on ${network}${loaded ? ", loaded" : ""}`);
  terminal.out(`scheme       ${scheme}`);
  terminal.out(`fingerprint  ${fingerprint}`);
  terminal.out(`Write its words down: exos wallet backup ${name} --words`);
}

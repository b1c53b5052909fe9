import * as z from "zod";
import { askNode } from "#services/cli/ask-node.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { walletFilesOf } from "#services/cli/wallet/wallet-files-of.ts";

/** `exos wallet list`: every keystore of the folder, and which of them a running node has loaded. */
export async function listWallets(context: CommandContext): Promise<ExitCode> {
  const { json, terminal } = context;
  const cards = await walletFilesOf(context).list();
  const loaded = await loadedNames(context);
  const rows = cards.map(({ name, scheme, fingerprint, createdAt }) => ({
    ...{ name, scheme, fingerprint, createdAt },
    loaded: loaded?.includes(name),
  }));
  if (json) {
    terminal.out(JSON.stringify({ schema: "exos.wallets.v1", wallets: rows }));
    return EXIT.done;
  }
  for (const { name, scheme, fingerprint, loaded: isLoaded } of rows) {
    const state = isLoaded === undefined ? "" : isLoaded ? "loaded" : "not loaded";
    terminal.out(`${name.padEnd(20)} ${scheme.padEnd(10)} ${fingerprint}  ${state}`.trimEnd());
  }
  if (rows.length === 0) terminal.err("no wallets yet: exos wallet create NAME");
  return EXIT.done;
}

/** @returns `undefined` where no node answers */
async function loadedNames(context: CommandContext): Promise<string[] | undefined> {
  try {
    return await askNode(context, { method: "listwallets" }, z.array(z.string()));
  } catch (cause) {
    // The list is of files; which are loaded is an extra that a running node gives.
    if (cause instanceof CommandFailure && cause.exit === EXIT.unreachable) return undefined;
    throw cause;
  }
}

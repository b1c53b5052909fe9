import type { CommandContext } from "#services/cli/command.ts";
import { lookUpKeys } from "#services/cli/embedded/wallet-files.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";
import { coinsText } from "#services/cli/wallet/coins-text.ts";
import { printNewWallet } from "#services/cli/wallet/create-wallet.ts";
import { loadInNode } from "#services/cli/wallet/load-in-node.ts";
import { passwordOf } from "#services/cli/wallet/password-of.ts";
import { readPiped, readSecret, readText } from "#services/cli/wallet/read-secret.ts";
import { scriptUse } from "#services/cli/wallet/script-use.ts";
import { unrefused, walletFilesOf } from "#services/cli/wallet/wallet-files-of.ts";
import { walletNameOf } from "#services/cli/wallet/wallet-name-of.ts";
import type { KeySource, Keystores } from "#shared/ports/keystores.ts";
import type { SchemeUse } from "#shared/ports/wallets.ts";
import { KEY_TEXT_LENGTH_MAX } from "#shared/wallet/read-keys.ts";
import { parseSchemeId, type SchemeId } from "#shared/wallet/scheme.ts";

/**
 * `exos wallet import NAME [--from FILE] [--scheme ID|all]`: keys are looked up by every scheme,
 * what each finds is shown, and one is taken, or all that find something.
 */
export async function importWallet(context: CommandContext, usage: string): Promise<ExitCode> {
  const name = walletNameOf(context, usage);
  const keystores = walletFilesOf(context);
  const source = await sourceOf(context, keystores);
  const schemes = await chooseSchemes(context, { source, keystores, usage });
  const password = await passwordOf(context, `Password of the wallet ${name}`, { twice: true });
  for (const scheme of schemes) {
    const own = schemes.length > 1 ? `${name}-${scheme}` : name;
    const card = unrefused(await keystores.create({ name: own, password, source, scheme }));
    printNewWallet(context, card, await loadInNode(context, own));
  }
  return EXIT.done;
}

/** The keys, with the password of their file where they ask for one. */
async function sourceOf(
  { options, signal }: CommandContext,
  keystores: Keystores,
): Promise<Extract<KeySource, { kind: "text" }>> {
  const text = await keysText(options["from"], signal);
  const extraWord = await extraWordOf({ options, signal });
  const source = { kind: "text", text, ...extraWord } as const;
  const file = options["from-password-file"];
  if (file === undefined) {
    const open = await keystores.inspect(source);
    if (open.ok || open.error.code !== "EXOS-E5002") return source;
  }
  const password = await readSecret({
    what: "Password of the file with the keys",
    options: "--from-password-file",
    file,
    signal,
  });
  return { ...source, password };
}

function keysText(file: string | undefined, signal: AbortSignal): Promise<string> {
  if (file !== undefined && file !== "-")
    return Promise.resolve(readText(file, KEY_TEXT_LENGTH_MAX));
  if (file === "-" || !process.stdin.isTTY) return readPiped(KEY_TEXT_LENGTH_MAX, signal);
  return readSecret({ what: "Words or keys", options: "--from FILE, or pipe them in", signal });
}

async function extraWordOf({
  options,
  signal,
}: Pick<CommandContext, "options" | "signal">): Promise<{ extraWord?: string }> {
  const file = options["extra-word-file"];
  if (file === undefined) return {};
  const what = "Extra word";
  return { extraWord: await readSecret({ what, options: "--extra-word-file", file, signal }) };
}

interface Choice {
  readonly source: KeySource;
  readonly keystores: Keystores;
  readonly usage: string;
}

async function chooseSchemes(
  context: CommandContext,
  { source, keystores, usage }: Choice,
): Promise<readonly (SchemeId | undefined)[]> {
  const asked = context.options["scheme"];
  const named = asked === undefined ? undefined : parseSchemeId(asked);
  if (asked !== undefined && asked !== "all" && named === undefined) {
    throw usageFailure(`there is no scheme "${asked}"`, usage);
  }
  if (named !== undefined) return [named];
  const { network } = context.config;
  const use = (script: Uint8Array) => scriptUse(context, script);
  const planned = lookUpKeys(source, { keystores, network }, use);
  const { inspection, uses } = unrefused(await planned.catch(withoutNode));
  if (inspection.kind !== "derived") return [undefined];
  printUses(context, uses);
  const used = uses.filter(({ addressesUsed }) => addressesUsed > 0);
  if (asked === "all" && used.length > 0) return used.map(({ scheme }) => scheme);
  if (used.length <= 1) return [used[0]?.scheme];
  const names = used.map(({ scheme }) => scheme).join(", ");
  const message = `several schemes are in use (${names}): choose with --scheme ID or --scheme all`;
  throw new CommandFailure(message, { code: "EXOS-E5024", exit: EXIT.needsConfirmation });
}

/** Without a chain nobody can tell the scheme. */
function withoutNode(cause: unknown): never {
  if (!(cause instanceof CommandFailure) || cause.exit !== EXIT.unreachable) throw cause;
  const message = `${cause.message}; or name the scheme with --scheme ID`;
  throw new CommandFailure(message, { code: "EXOS-E2013", exit: EXIT.unreachable, cause });
}

/** What each scheme finds is a note on the way to the wallet, which is the answer. */
function printUses({ terminal }: CommandContext, uses: readonly SchemeUse[]): void {
  terminal.err(`${"scheme".padEnd(12)} ${"addresses used".padEnd(14)} balance`);
  for (const { scheme, addressesUsed, balance } of uses) {
    const used = String(addressesUsed).padEnd(14);
    terminal.err(`${scheme.padEnd(12)} ${used} ${coinsText(balance)}`);
  }
}

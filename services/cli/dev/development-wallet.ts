import type { ServedNode } from "#services/cli/embedded/serve-node.ts";
import { refused } from "#services/cli/failure.ts";
import type { Wallet, Wallets } from "#shared/ports/wallets.ts";

/** Name and password of the wallet that holds the first coins; nothing of worth may go there. */
export const DEVELOPMENT_WALLET = "dev";
export const DEVELOPMENT_PASSWORD = "dev";

/** Published, so everybody knows their keys. @source interfaces.md 5.1 */
const DEVELOPMENT_WORDS = `${"abandon ".repeat(11)}about`;

/** Of the second staker of a fleet. */
export const RIVAL_WORDS = `${"zoo ".repeat(11)}wrong`;

async function findOrMake(wallets: Wallets, words: string): Promise<Wallet> {
  const loaded = wallets.loaded().find(({ name }) => name === DEVELOPMENT_WALLET);
  if (loaded !== undefined) return loaded;
  const isThere = (await wallets.names()).includes(DEVELOPMENT_WALLET);
  const wallet = await (isThere
    ? wallets.load(DEVELOPMENT_WALLET)
    : wallets.create({
        name: DEVELOPMENT_WALLET,
        password: DEVELOPMENT_PASSWORD,
        source: { kind: "text", text: words },
        scheme: "exos-105",
      }));
  if (!wallet.ok) throw refused(wallet.error);
  return wallet.value;
}

/**
 * The wallet of the development address, open until the node stops. On networks without stake there
 * is none.
 */
export async function openDevelopmentWallet(
  { wallets, staking }: Pick<ServedNode, "wallets" | "staking">,
  words = DEVELOPMENT_WORDS,
): Promise<void> {
  if (wallets === undefined || staking === undefined) return;
  const wallet = await findOrMake(wallets, words);
  const opened = await wallet.unlock(DEVELOPMENT_PASSWORD, {
    stakingOnly: false,
    seconds: undefined,
  });
  if (!opened.ok) throw refused(opened.error);
}

import type { Command } from "#services/cli/command.ts";
import { usageFailure } from "#services/cli/failure.ts";
import { backupWallet } from "#services/cli/wallet/backup-wallet.ts";
import { changePassword } from "#services/cli/wallet/change-password.ts";
import { createWallet } from "#services/cli/wallet/create-wallet.ts";
import { importWallet } from "#services/cli/wallet/import-wallet.ts";
import { listWallets } from "#services/cli/wallet/list-wallets.ts";
import { PASSWORD_OPTIONS } from "#services/cli/wallet/password-of.ts";
import { showWallet } from "#services/cli/wallet/show-wallet.ts";
import { lockWallet, unlockWallet } from "#services/cli/wallet/unlock-wallet.ts";

const USAGE = [
  "exos wallet list | create NAME | import NAME [--from FILE] | info [NAME]",
  "       exos wallet backup NAME FILE|--words | change-password NAME",
  "       exos wallet unlock [NAME] | lock [NAME]",
].join("\n");

export const wallet: Command = {
  name: "wallet",
  audience: "use",
  usage: USAGE,
  takesWords: true,
  summary: "keys of your own: make, restore, copy, open and lock them",
  options: {
    ...PASSWORD_OPTIONS,
    words: { kind: "boolean", meaning: "backup: show the words, once the password is given" },
    long: { kind: "boolean", meaning: "create: 24 words instead of 12" },
    from: { kind: "text", meaning: "import: file of words, keys or a wallet; -: what is piped in" },
    "from-password-file": { kind: "text", meaning: "import: the password of that file" },
    "extra-word-file": { kind: "text", meaning: "import: the extra word behind BIP39 words" },
    scheme: { kind: "text", meaning: "import: this derivation, or all that found something" },
    "new-password-file": { kind: "text", meaning: "change-password: file of the new password" },
    "staking-only": { kind: "boolean", meaning: "unlock: sign blocks, refuse payments" },
    for: { kind: "text", meaning: "unlock: how long, such as 90s, 5m, 2h, 30d" },
    wallet: { kind: "text", meaning: "name of the wallet, where several are loaded" },
  },
  examples: ["wallet list", "wallet info"],
  async run(context) {
    const [verb = "list"] = context.positionals;
    if (verb === "list") return listWallets(context);
    if (verb === "create") return createWallet(context, USAGE);
    if (verb === "import") return importWallet(context, USAGE);
    if (verb === "info") return showWallet(context);
    if (verb === "backup") return backupWallet(context, USAGE);
    if (verb === "change-password") return changePassword(context, USAGE);
    if (verb === "unlock") return unlockWallet(context, USAGE);
    if (verb === "lock") return lockWallet(context);
    throw usageFailure(`wallet has no "${verb}"`, USAGE);
  },
};

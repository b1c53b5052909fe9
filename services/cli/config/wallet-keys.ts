import type { ConfigKey } from "./config-keys.ts";

/** Keys of the wallets of one's own node. @source interfaces.md 7.1 */
export const WALLET_KEYS = {
  walletname: {
    kind: "list",
    fallback: "",
    meaning: "wallets that a node loads at its start; default: every one in walletdir",
  },
  walletdir: { kind: "text", meaning: "folder of the wallets; default: in the data folder" },
  walletaddressbuffer: {
    kind: "integer",
    fallback: "20",
    min: 1,
    max: 10_000,
    meaning: "unused addresses that a wallet watches behind the last one in use",
  },
  walletnotify: {
    kind: "text",
    meaning: "command for every payment, seen or mined; %s is the txid, %w the wallet",
  },
  blocknotify: { kind: "text", meaning: "command for every new tip; %s is its hash" },
} as const satisfies Record<string, ConfigKey>;

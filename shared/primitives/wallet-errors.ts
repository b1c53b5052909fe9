import type { ErrorRows } from "./error-row.ts";

/** 5xxx: wallets, their keys and what they send. */
export const WALLET_ERRORS = {
  "EXOS-E5001": {
    status: 409,
    title: "Wallet locked",
    sentence: "The keys of this wallet are locked.",
    hint: "Run `exos wallet unlock NAME`, or call walletpassphrase.",
  },
  "EXOS-E5002": {
    status: 403,
    title: "Wrong password",
    sentence: "The password does not open this wallet or file.",
    hint: "Try again: capitals and spaces count. Nothing was changed.",
  },
  "EXOS-E5003": {
    status: 409,
    title: "Unlocked for staking only",
    sentence: "The wallet is open for staking, not for spending.",
    hint: "Unlock it without --staking-only to spend.",
  },
  "EXOS-E5004": {
    status: 404,
    title: "No such wallet",
    sentence: "There is no wallet of this name.",
    hint: "`exos wallet list` shows the names.",
  },
  "EXOS-E5005": {
    status: 409,
    title: "Wallet exists",
    sentence: "There is a wallet of this name already.",
    hint: "Choose another name. Nothing was changed.",
  },
  "EXOS-E5006": {
    status: 422,
    title: "Bad wallet name",
    sentence: "This cannot be the name of a wallet.",
    hint: "Use 1 to 64 letters, digits, dots, dashes and underscores, a letter or digit first.",
  },
  "EXOS-E5007": {
    status: 403,
    title: "Keystore open to others",
    sentence: "Other users of this machine may read the file or folder of a wallet.",
    hint: "Run the `chmod` that the message names, then try again.",
  },
  "EXOS-E5008": {
    status: 422,
    title: "No readable keystore",
    sentence: "A file is no keystore, is damaged, or asks for more work than is allowed.",
    hint: "The message names the field. Restore the file from a backup, or the wallet from words.",
  },
  "EXOS-E5009": {
    status: 422,
    title: "Key format unknown",
    sentence: "The text or file holds no keys of a format this program reads.",
    hint: "Readable are words, WIF, xprv, xpub, addresses, .wallet.json and dumpwallet text.",
  },
  "EXOS-E5010": {
    status: 422,
    title: "Wrong words",
    sentence: "The words are not those of a wallet.",
    hint: "The message names the word, or says that the last one does not fit: check the order.",
  },
  "EXOS-E5011": {
    status: 422,
    title: "Key of another network",
    sentence: "A key, an address or a wallet belongs to another network.",
    hint: "Name its network with --network.",
  },
  "EXOS-E5012": {
    status: 409,
    title: "Not enough coins",
    sentence: "The coins that can be spent now do not pay for this.",
    hint: "Send less, or wait until what is still maturing or unconfirmed can be spent.",
  },
  "EXOS-E5013": {
    status: 422,
    title: "Amount too small",
    sentence: "An output is so small that spending it would cost more than it holds.",
    hint: "Send at least the amount the message names.",
  },
  "EXOS-E5014": {
    status: 422,
    title: "Data too long",
    sentence: "The data of a transaction do not fit into the script that carries them.",
    hint: "At most 38 bytes fit.",
  },
  "EXOS-E5015": {
    status: 422,
    title: "Fee too high",
    sentence: "The fee is above the ceiling.",
    hint: "Spend fewer coins at a time, or lower the rate.",
  },
  "EXOS-E5016": {
    status: 422,
    title: "Template refused",
    sentence: "What was to be signed is not of the shape that may be signed.",
    hint: "The message names what is wrong with it. Nothing was signed.",
  },
  "EXOS-E5017": {
    status: 422,
    title: "Not this wallet's key",
    sentence: "The wallet has no key for a script that was to be signed.",
    hint: "Watch-only wallets sign nothing; otherwise name the wallet that holds the coin.",
  },
  "EXOS-E5018": {
    status: 422,
    title: "Transaction too large",
    sentence: "The transaction would be too large to be relayed.",
    hint: "Send less at a time, or join coins first.",
  },
  "EXOS-E5019": {
    status: 422,
    title: "Coin from the future",
    sentence: "A coin is dated later than a transaction may be dated now.",
    hint: "Wait the seconds the message names, and check this machine's clock.",
  },
  "EXOS-E5020": {
    status: 422,
    title: "Bad request to a wallet",
    sentence: "A wallet was asked for something that has no meaning.",
    hint: "The message names the value and what is accepted.",
  },
  "EXOS-E5021": {
    status: 422,
    title: "Payment refused",
    sentence: "The pool refuses the transaction of a payment.",
    hint: "The message ends in the reject code. Nothing was sent.",
  },
  "EXOS-E5022": {
    status: 409,
    title: "Wallet not chosen",
    sentence: "It is not clear which wallet is meant.",
    hint: "Name one of the loaded wallets with --wallet or /wallet/NAME; `exos wallet list`.",
  },
  "EXOS-E5023": {
    status: 409,
    title: "Wallet loaded",
    sentence: "The wallet is loaded already.",
    hint: "Use it, or unload it first.",
  },
  "EXOS-E5024": {
    status: 409,
    title: "Not confirmed",
    sentence: "Nobody has confirmed what was asked for.",
    hint: "Look at what would be done, then say so with the option that the message names.",
  },
} as const satisfies ErrorRows;

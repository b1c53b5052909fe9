import * as z from "zod";
import { COUNT_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { describeEntry, describePlace } from "#services/rpc/methods/wallet/describe-entry.ts";
import { defineWalletMethod, meaningless } from "#services/rpc/methods/wallet/wallet-method.ts";
import type { Wallet } from "#shared/ports/wallets.ts";

/** Transactions asked for at a time; a line or two each. */
const PAGE = 100;
/** Most lines of one answer. */
const LINES_MAX = 10_000;

export const listTransactions = defineWalletMethod({
  name: "listtransactions",
  description: "The newest lines of a wallet's history, the oldest of them first.",
  parameters: () => ({
    label: z.string().default("*"),
    count: COUNT_PARAMETER.default(10),
    skip: COUNT_PARAMETER.default(0),
    include_watchonly: meaningless(false, true),
  }),
  aliases: { account: "label", dummy: "label" },
  async run({ label, count, skip }, { loaded }) {
    if (count + skip > LINES_MAX) {
      return refuse(RPC_CODES.parameter, `count and skip may be ${LINES_MAX} together`);
    }
    const lines = await newestLines(loaded, label, count + skip);
    return { ok: true, value: lines.slice(skip, skip + count).reverse() };
  },
});

async function newestLines(wallet: Wallet, label: string, wanted: number): Promise<object[]> {
  const lines: object[] = [];
  for (let skip = 0; lines.length < wanted; skip += PAGE) {
    const page = await wallet.history({ count: PAGE, skip });
    for (const transaction of page) {
      // Within a transaction Core has the later line first, as everywhere.
      for (const entry of transaction.entries.toReversed()) {
        if (label !== "*" && entry.label !== label) continue;
        lines.push({ ...describeEntry(entry, transaction), ...describePlace(transaction) });
      }
    }
    if (page.length < PAGE) break;
  }
  return lines;
}

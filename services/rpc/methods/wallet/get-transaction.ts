import * as z from "zod";
import { exactCoins } from "#services/rpc/json/exact-number.ts";
import { HASH_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import {
  describeEntry,
  describePlace,
  hexOf,
} from "#services/rpc/methods/wallet/describe-entry.ts";
import { defineWalletMethod, meaningless } from "#services/rpc/methods/wallet/wallet-method.ts";
import { coreTransaction } from "#services/rpc/shapes/core-transaction.ts";

export const getTransaction = defineWalletMethod({
  name: "gettransaction",
  description: "A transaction of the wallet: what it moved, where it stands, its bytes.",
  parameters: () => ({
    txid: HASH_PARAMETER,
    include_watchonly: meaningless(false, true),
    verbose: z.boolean().default(false),
  }),
  async run({ txid, verbose }, { loaded, deps }) {
    const found = await loaded.transaction(txid);
    if (found === undefined) {
      return refuse(RPC_CODES.notFound, "Invalid or non-wallet transaction id");
    }
    const { value: amount, fee, entries, tx } = found;
    const { at } = await loaded.balance();
    const view = { tx, placement: undefined, spent: undefined };
    const value = {
      amount: exactCoins(amount),
      ...(fee === undefined ? {} : { fee: exactCoins(-fee) }),
      ...describePlace(found),
      details: entries.map((entry) => describeEntry(entry, found)),
      hex: hexOf(found),
      ...(verbose ? { decoded: coreTransaction(view, deps.network) } : {}),
      lastprocessedblock: { hash: at.hash, height: at.height },
    };
    return { ok: true, value };
  },
});

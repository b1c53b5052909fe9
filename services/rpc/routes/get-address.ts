import * as z from "zod";
import { ADDRESS_PARAMETERS, scriptOfParameter } from "#services/rpc/routes/address-parameter.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { AMOUNT_SCHEMA, AT_SCHEMA, amountText } from "#services/rpc/routes/schemas.ts";
import type { OwnerSum } from "#shared/ports/address-index.ts";

const SUM = z.object({
  transactions: z.int().min(0),
  received: AMOUNT_SCHEMA,
  sent: AMOUNT_SCHEMA,
});

function sumText({ transactions, received, sent }: OwnerSum): z.output<typeof SUM> {
  return { transactions, received: amountText(received), sent: amountText(sent) };
}

export const getAddress = defineRoute({
  operationId: "getAddress",
  tag: "addresses",
  summary: "Balance and totals of an address, split into transfers, stake and mined",
  cost: 1,
  params: ADDRESS_PARAMETERS,
  query: {},
  answer: z.object({
    address: z.string(),
    balance: AMOUNT_SCHEMA,
    coins: z.int().min(0),
    transfer: SUM,
    stake: SUM,
    mined: SUM,
    at: AT_SCHEMA,
  }),
  problems: ["EXOS-E4003", "EXOS-E1016"],
  async run({ a }, { deps, stores }) {
    const script = scriptOfParameter(a, deps.network);
    if (!script.ok) return script;
    const { at, kinds, coins } = await stores.index.totals(script.value);
    const sums = Object.values(kinds);
    const balance = sums.reduce((sum, { received, sent }) => sum + received - sent, 0n);
    const value = {
      address: a,
      balance: amountText(balance),
      coins,
      transfer: sumText(kinds.ordinary),
      stake: sumText(kinds.coinstake),
      mined: sumText(kinds.coinbase),
      at: { height: at.height, hash: at.hash },
    };
    return { ok: true, value: { value, cache: { kind: "recent" }, at } };
  },
});

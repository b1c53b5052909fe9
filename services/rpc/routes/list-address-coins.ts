import * as z from "zod";
import { toHex } from "#services/rpc/json/hex.ts";
import {
  ADDRESS_PARAMETERS,
  NAMES_OF_KINDS,
  refusePage,
  scriptOfParameter,
} from "#services/rpc/routes/address-parameter.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";
import {
  AMOUNT_SCHEMA,
  amountText,
  HASH_SCHEMA,
  HEIGHT_SCHEMA,
  HEX_SCHEMA,
  PAGE_QUERY,
  pageSchema,
  TIME_SCHEMA,
} from "#services/rpc/routes/schemas.ts";
import type { IndexedCoin } from "#shared/ports/address-index.ts";

const COIN = z.object({
  txid: HASH_SCHEMA,
  index: z.int().min(0),
  value: AMOUNT_SCHEMA,
  script: HEX_SCHEMA,
  kind: z.enum(["transfer", "stake", "mined"]),
  time: TIME_SCHEMA.meta({ description: "Of the transaction that made it" }),
  height: HEIGHT_SCHEMA,
  confirmations: z.int().min(1),
  mature: z.boolean().meta({ description: "Whether the next block may spend it" }),
  matureAt: HEIGHT_SCHEMA.meta({ description: "First height whose block may spend it" }),
});

/** @param tip height the page speaks of */
function coinOf(coin: IndexedCoin, tip: number, maturityBlocks: number): z.output<typeof COIN> {
  const waits = coin.kind === "ordinary" ? 1 : maturityBlocks;
  const matureAt = coin.height + waits;
  return {
    txid: coin.txid,
    index: coin.index,
    value: amountText(coin.value),
    script: toHex(coin.scriptPubKey),
    kind: NAMES_OF_KINDS[coin.kind],
    time: coin.time,
    height: coin.height,
    confirmations: tip - coin.height + 1,
    mature: matureAt <= tip + 1,
    matureAt,
  };
}

export const listAddressCoins = defineRoute({
  operationId: "listAddressCoins",
  tag: "addresses",
  summary: "Unspent outputs of an address with their maturity, newest first",
  cost: 5,
  params: ADDRESS_PARAMETERS,
  query: PAGE_QUERY,
  answer: pageSchema(COIN),
  problems: ["EXOS-E4003", "EXOS-E4005", "EXOS-E4090", "EXOS-E1016"],
  async run({ a, cursor, limit }, { deps, stores }) {
    const { consensus } = deps.network;
    const script = scriptOfParameter(a, deps.network);
    if (!script.ok) return script;
    const page = await stores.index.coins({ script: script.value, limit, cursor });
    if (!page.ok) return refusePage(page.error, `/v1/addresses/${a}/coins`);
    const { items, next, at } = page.value;
    const value = {
      items: items.map((coin) => coinOf(coin, at.height, consensus.maturityBlocks)),
      next: next ?? null,
      at: { height: at.height, hash: at.hash },
    };
    return { ok: true, value: { value, cache: { kind: "recent" }, at } };
  },
});

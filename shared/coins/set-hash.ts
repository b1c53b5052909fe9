import { Writer } from "#shared/codec/writer.ts";
import type { Coin, CoinKind } from "#shared/primitives/coin.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";

/** Whose bytes stand for a coin in the set hash. */
export type SetHashDialect = "exos" | "bitcoin";

const KIND_NUMBER: Readonly<Record<CoinKind, number>> = { ordinary: 0, coinbase: 1, coinstake: 2 };

/**
 * The bytes of one coin that MuHash takes. In Bitcoin's dialect those of Bitcoin Core, so that
 * `gettxoutsetinfo` can be compared with a real peer; EXOS adds the coinstake and the time.
 *
 * @source networks.md "Totals and set hashes"; TxOutSer, bitcoin/bitcoin kernel/coinstats.cpp (25.0)
 */
export function setHashElement(
  dialect: SetHashDialect,
  outpoint: Outpoint,
  coin: Coin,
): Uint8Array {
  const writer = new Writer(64 + coin.scriptPubKey.length);
  writer.bytes(outpoint.txid).u32(outpoint.index);
  if (dialect === "bitcoin") writer.u32(coin.height * 2 + (coin.kind === "coinbase" ? 1 : 0));
  else writer.u32(coin.height * 4 + KIND_NUMBER[coin.kind]).u32(coin.time);
  return writer.i64(coin.value).byteString(coin.scriptPubKey).finish();
}

import * as z from "zod";
import type { Stores } from "#services/rpc/deps.ts";
import { FEE_RATE_MAX_PARAMETER } from "#services/rpc/json-rpc/fee-rate-parameter.ts";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { bytesOf, HEX_TEXT_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, type RpcError, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import type { PoolVerdict } from "#shared/ports/mempool.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { Result } from "#shared/primitives/result.ts";

const UNDECODABLE = "TX decode failed. Make sure the tx has at least one input.";

export const sendRawTransaction = defineMethod({
  name: "sendrawtransaction",
  reach: "public",
  cost: 20,
  description:
    "Judge a transaction, take it into the pool and tell peers of it. Answers its id, also when the " +
    "pool has it already; −26 with the code of the rule that refuses it.",
  parameters: () => ({
    hexstring: HEX_TEXT_PARAMETER,
    maxfeerate: FEE_RATE_MAX_PARAMETER,
    maxburnamount: z.literal([0, "0"], "is not limited here").default(0),
  }),
  async run({ hexstring, maxfeerate }, { stores }) {
    const bytes = bytesOf(hexstring);
    if (bytes === undefined) return refuse(RPC_CODES.undecodable, UNDECODABLE);
    const limit = maxfeerate === undefined ? {} : { feeRateMax: maxfeerate };
    const verdict = await stores.mempool.accept(bytes, { source: "local", ...limit });
    return answerTo(verdict, stores);
  },
});

/** @source Bitcoin Core rpc/mempool.cpp (28.0); interfaces.md 2 */
async function answerTo(
  verdict: PoolVerdict,
  { index }: Pick<Stores, "index">,
): Promise<Result<HashHex, RpcError>> {
  if (verdict.state === "undecodable") return refuse(RPC_CODES.undecodable, UNDECODABLE);
  const { txid } = verdict;
  if (verdict.state === "accepted") return { ok: true, value: txid };
  const { code } = verdict.error;
  if (code === "txn-already-in-mempool") return { ok: true, value: txid };
  const isGone = code === "bad-txns-inputs-missing" || code === "bad-txns-inputs-spent";
  // Of a mined transaction nothing need be unspent: then its own inputs are what is missed.
  const isMined = isGone && (await index.transactionPlace(txid)) !== undefined;
  if (isMined || code === "txn-already-known") {
    return refuse(RPC_CODES.known, "Transaction already in block chain");
  }
  if (isGone) return refuse(RPC_CODES.missing, code);
  return { ok: false, error: { code: RPC_CODES.refused, message: code, catalogue: "EXOS-E4220" } };
}

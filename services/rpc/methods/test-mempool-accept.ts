import * as z from "zod";
import { type ExactNumber, exactCoins } from "#services/rpc/json/exact-number.ts";
import { FEE_RATE_MAX_PARAMETER } from "#services/rpc/json-rpc/fee-rate-parameter.ts";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { bytesOf } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import type { Mempool, PoolVerdict } from "#shared/ports/mempool.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";

/** @source MAX_PACKAGE_COUNT, bitcoin/bitcoin policy/packages.h (28.0) */
const COUNT_MAX = 25;
const COUNT_MESSAGE = `must hold 1 to ${COUNT_MAX} transactions`;

interface Tested {
  readonly txid: HashHex;
  readonly wtxid: HashHex;
  readonly allowed: boolean;
  readonly vsize?: number;
  readonly fees?: {
    readonly base: ExactNumber;
    readonly "effective-feerate": ExactNumber;
    readonly "effective-includes": readonly HashHex[];
  };
  readonly "reject-reason"?: string;
}

export const testMempoolAccept = defineMethod({
  name: "testmempoolaccept",
  reach: "public",
  cost: 20,
  description:
    "Whether each of these would enter the pool as it stands, judged alone, every script verified; " +
    "nothing changes.",
  parameters: () => ({
    rawtxs: z.array(z.string()).min(1, COUNT_MESSAGE).max(COUNT_MAX, COUNT_MESSAGE),
    maxfeerate: FEE_RATE_MAX_PARAMETER,
  }),
  async run({ rawtxs, maxfeerate }, { deps, stores }) {
    const transactions: HashedTransaction[] = [];
    for (const text of rawtxs) {
      const bytes = bytesOf(text);
      const { wire } = deps.network.consensus;
      const decoded = bytes === undefined ? undefined : decodeTransaction(bytes, wire);
      if (decoded?.ok !== true) {
        const message = "TX decode failed. Make sure the tx has at least one input.";
        return refuse(RPC_CODES.undecodable, message);
      }
      transactions.push(decoded.value);
    }
    const limit = maxfeerate === undefined ? {} : { feeRateMax: maxfeerate };
    const value: Tested[] = [];
    for (const tx of transactions) value.push(await testOne(tx, stores.mempool, limit));
    return { ok: true, value };
  },
});

async function testOne(
  tx: HashedTransaction,
  mempool: Mempool,
  limit: NonNullable<Parameters<Mempool["test"]>[1]>,
): Promise<Tested> {
  const wtxid = toHashHex(tx.wtxid);
  const verdict = await mempool.test(tx.raw, limit);
  return { txid: toHashHex(tx.txid), wtxid, ...outcomeOf(verdict, wtxid) };
}

function outcomeOf(verdict: PoolVerdict, wtxid: HashHex): Omit<Tested, "txid" | "wtxid"> {
  switch (verdict.state) {
    case "accepted": {
      const { fee, size } = verdict.entry;
      return {
        allowed: true,
        vsize: size,
        fees: {
          base: exactCoins(fee),
          "effective-feerate": exactCoins((fee * 1_000n) / BigInt(size)),
          "effective-includes": [wtxid],
        },
      };
    }
    case "undecodable":
      return { allowed: false, "reject-reason": verdict.reason };
    case "orphan":
    case "refused":
      return { allowed: false, "reject-reason": verdict.error.code };
  }
}

import { toHex } from "#services/rpc/json/hex.ts";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { HASH_PARAMETER, verbosityParameter } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, type RpcError, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { corePlacement, coreTransaction } from "#services/rpc/shapes/core-transaction.ts";
import type { Chain } from "#services/rpc/views/chain.ts";
import {
  findInBlock,
  type LocatedTransaction,
  locateTransaction,
  type TransactionSource,
} from "#services/rpc/views/locate-transaction.ts";
import { readSpent } from "#services/rpc/views/spent-outputs.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { Result } from "#shared/primitives/result.ts";

export const getRawTransaction = defineMethod({
  name: "getrawtransaction",
  reach: "public",
  description:
    "A transaction of the chain or the pool: 0 its bytes in hex, 1 an object, 2 also with what it spends. With " +
    "a block hash only that block is searched, on any branch.",
  parameters: () => ({
    txid: HASH_PARAMETER,
    verbosity: verbosityParameter(0, 2),
    blockhash: HASH_PARAMETER.optional(),
  }),
  aliases: { verbose: "verbosity" },
  async run({ txid, verbosity, blockhash }, { chain: open, deps, stores }) {
    const chain = await open();
    const { network } = deps;
    const source = { stores, wire: network.consensus.wire };
    if (txid === genesisTxid(network)) {
      const message = "The genesis block coinbase is not considered an ordinary transaction";
      return refuse(RPC_CODES.notFound, message);
    }
    const found = await find(txid, blockhash, { chain, source });
    const pooled = found.ok || blockhash !== undefined ? undefined : await stores.mempool.get(txid);
    if (pooled !== undefined) {
      const view = { tx: pooled.tx, placement: undefined, spent: undefined };
      if (verbosity === 0) return { ok: true, value: toHex(pooled.tx.raw) };
      return {
        ok: true,
        value: { ...coreTransaction(view, network), ...corePlacement(view, network) },
      };
    }
    if (!found.ok) return found;
    const { tx, placement } = found.value;
    if (verbosity === 0) return { ok: true, value: toHex(tx.raw) };

    const spent = verbosity === 2 ? await readSpent([tx], stores) : undefined;
    const view = { tx, placement, spent: spent?.[0] };
    const active = blockhash === undefined ? {} : { in_active_chain: placement.confirmations > 0 };
    const value = { ...active, ...coreTransaction(view, network), ...corePlacement(view, network) };
    return { ok: true, value };
  },
});

async function find(
  txid: HashHex,
  blockhash: HashHex | undefined,
  { chain, source }: { readonly chain: Chain; readonly source: TransactionSource },
): Promise<Result<LocatedTransaction, RpcError>> {
  if (blockhash === undefined) {
    const found = await locateTransaction(txid, chain, source);
    if (found !== undefined) return { ok: true, value: found };
    return refuse(RPC_CODES.notFound, "No such mempool or blockchain transaction");
  }
  const stored = await chain.header(blockhash);
  if (stored === undefined) return refuse(RPC_CODES.notFound, "Block hash not found");
  const found = await findInBlock(txid, stored, { chain, source });
  if (found !== undefined) return { ok: true, value: found };
  return refuse(RPC_CODES.notFound, "No such transaction found in the provided block");
}

/** The root of a block of one transaction is that transaction. */
function genesisTxid(network: Network): HashHex {
  return toHashHex(genesisRecord(network).header.merkleRoot);
}

import * as z from "zod";
import { toHex } from "#services/rpc/json/hex.ts";
import { refused } from "#services/rpc/problems.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { HASH_SCHEMA, HEIGHT_SCHEMA, HEX_SCHEMA } from "#services/rpc/routes/schemas.ts";
import { anchorOf, HEADERS_ABOVE_MAX } from "#services/rpc/views/anchor.ts";
import { locateTransaction } from "#services/rpc/views/locate-transaction.ts";
import { merkleBranch } from "#services/rpc/views/merkle-branch.ts";
import { signerOf } from "#services/rpc/views/signer.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { isCoinbase } from "#shared/primitives/transaction-shape.ts";

const ANSWER = z.object({
  tx: HEX_SCHEMA,
  parents: z.array(HEX_SCHEMA).meta({ description: "Transactions its inputs spend, each once" }),
  header: HEX_SCHEMA,
  branch: z.array(HASH_SCHEMA).meta({ description: "From the leaf up" }),
  pos: z.int().min(0),
  blockSignature: HEX_SCHEMA,
  signer: HEX_SCHEMA.nullable(),
  headers: z.array(HEX_SCHEMA).max(HEADERS_ABOVE_MAX),
  anchor: z.object({
    kind: z.enum(["tip", "checkpoint", "final"]),
    height: HEIGHT_SCHEMA,
    hash: HASH_SCHEMA,
  }),
});

export const getTransactionProof = defineRoute({
  operationId: "getTransactionProof",
  tag: "transactions",
  summary: "Everything needed to check a transaction without trusting this node",
  cost: 2,
  params: { txid: HASH_SCHEMA },
  query: {},
  answer: ANSWER,
  problems: ["EXOS-E4041"],
  async run({ txid }, { chain, deps, stores }) {
    const { consensus } = deps.network;
    const source = { stores, wire: consensus.wire };
    // The pattern of the parameter is that of a printed hash.
    const found = await locateTransaction(txid as HashHex, chain, source);
    if (found === undefined || found.placement.confirmations < 1) {
      return refused("EXOS-E4041", `No transaction ${txid} in the chain`);
    }
    const { tx, placement, stored, block } = found;
    const spends = isCoinbase(tx) ? [] : tx.inputs.map(({ prevout }) => toHashHex(prevout.txid));
    const parents = await Promise.all(
      [...new Set(spends)].map((parent) => locateTransaction(parent, chain, source)),
    );
    const anchor = await anchorOf(stored.record, chain, consensus);
    const signer = signerOf(block);
    const leaves = block.transactions.map((each) => each.txid);
    const value = {
      tx: toHex(tx.raw),
      parents: parents.flatMap((parent) => (parent === undefined ? [] : toHex(parent.tx.raw))),
      header: toHex(stored.record.header.bytes),
      branch: merkleBranch(leaves, placement.position).map(toHashHex),
      pos: placement.position,
      blockSignature: toHex(block.signature),
      signer: signer === undefined ? null : toHex(signer),
      headers: anchor.headers.map(toHex),
      anchor: { kind: anchor.kind, height: anchor.height, hash: anchor.hash },
    };
    return { ok: true, value: { value, cache: { kind: "recent" } } };
  },
});

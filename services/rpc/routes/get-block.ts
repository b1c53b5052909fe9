import * as z from "zod";
import { toHex } from "#services/rpc/json/hex.ts";
import { refused } from "#services/rpc/problems.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { HEX_SCHEMA } from "#services/rpc/routes/schemas.ts";
import { V1_BLOCK_FACTS, v1BlockFacts } from "#services/rpc/shapes/v1-block.ts";
import { V1_HEADER, v1Header } from "#services/rpc/shapes/v1-header.ts";
import { readRow } from "#services/rpc/views/block-row.ts";
import { viewBlock } from "#services/rpc/views/block-view.ts";
import { BLOCK_ID, findBlock } from "#services/rpc/views/find-block.ts";
import { oddsOf } from "#services/rpc/views/odds.ts";
import { signerOf } from "#services/rpc/views/signer.ts";

const ANSWER = V1_HEADER.extend({
  size: z.int().min(80),
  strippedSize: z.int().min(80),
  weight: z.int(),
  signature: HEX_SCHEMA,
  signer: HEX_SCHEMA.nullable().meta({ description: "Public key that signed, of a stake block" }),
  odds: z
    .number()
    .nullable()
    .meta({ description: "Chance of one try: a nonce, or a kernel in one slot of 16 s" }),
  facts: V1_BLOCK_FACTS.nullable().meta({ description: "null until the index has followed" }),
});

export const getBlock = defineRoute({
  operationId: "getBlock",
  tag: "chain",
  summary: "One block, by hash or height",
  cost: 1,
  params: { id: z.string().regex(BLOCK_ID).meta({ description: "Hash or height", example: "0" }) },
  query: {},
  answer: ANSWER,
  problems: ["EXOS-E4041"],
  async run({ id }, { chain, deps, stores }) {
    const found = await findBlock(id, chain);
    if (!found.ok) return found;
    const { network } = deps;
    const view = await viewBlock(found.value, chain, { stores, wire: network.consensus.wire });
    if (view === undefined) return refused("EXOS-E4041", `Only the header of block ${id} is known`);

    const { block, header } = view;
    const row = await readRow(header.record, stores);
    const kernel = block.transactions[1]?.inputs[0]?.prevout;
    const isStake = header.record.proofKind === "stake";
    const [staked] =
      isStake && kernel !== undefined ? await stores.index.outputs([kernel]) : [undefined];
    const unknownStake = isStake && staked === undefined;
    const signer = signerOf(block);
    const value = {
      ...v1Header(header, chain.finalHeight),
      size: block.sizeTotal,
      strippedSize: block.sizeStripped,
      weight: 3 * block.sizeStripped + block.sizeTotal,
      signature: toHex(block.signature),
      signer: signer === undefined ? null : toHex(signer),
      odds: unknownStake ? null : oddsOf(header.record, staked?.value),
      facts: row === undefined ? null : v1BlockFacts(row, network),
    };
    const { confirmations } = header;
    return { ok: true, value: { value, cache: { kind: "position", confirmations } } };
  },
});

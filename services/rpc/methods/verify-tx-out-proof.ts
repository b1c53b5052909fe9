import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { bytesOf, HEX_TEXT_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { decodeMerkleBlock } from "#services/rpc/views/merkle-block.ts";
import { hashHeader } from "#shared/codec/header.ts";
import { extractPartialMerkleTree } from "#shared/codec/partial-merkle-tree.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

export const verifyTxOutProof = defineMethod({
  name: "verifytxoutproof",
  reach: "public",
  cost: 2,
  description:
    "Ids of the transactions that a proof shows to be in a block of this chain; none for a proof " +
    "that does not hold.",
  parameters: () => ({ proof: HEX_TEXT_PARAMETER }),
  async run({ proof }, { chain: open, deps }) {
    const bytes = bytesOf(proof);
    const decoded = bytes === undefined ? undefined : decodeMerkleBlock(bytes);
    if (decoded === undefined) return refuse(RPC_CODES.undecodable, "Proof decode failed");
    const { header, tree } = decoded;
    const shown = extractPartialMerkleTree(tree);
    if (shown?.exact !== true || !equalBytes(shown.root, header.merkleRoot)) {
      return { ok: true, value: [] };
    }
    const chain = await open();
    const stored = await chain.header(toHashHex(hashHeader(header, deps.network.consensus.wire)));
    if (stored === undefined || !(await chain.isActive(stored.record))) {
      return refuse(RPC_CODES.notFound, "Block not found in chain");
    }
    return { ok: true, value: shown.matches.map(({ txid }) => toHashHex(txid)) };
  },
});

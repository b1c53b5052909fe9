import { blockWork } from "#shared/consensus/block-work.ts";
import { nextDeployments } from "#shared/consensus/deployment-states.ts";
import { hashProof } from "#shared/consensus/hash-proof.ts";
import type { ChainContext, HeaderRecord } from "#shared/consensus/header-record.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { coinstakeOf, proofKind } from "#shared/consensus/proof-kind.ts";
import { isModifierKnown, stakeModifier } from "#shared/consensus/stake-modifier.ts";
import type { Block, BlockHeader } from "#shared/primitives/block.ts";
import { type Hash256, height, type UnixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex, zeroHash } from "#shared/primitives/hash.ts";

/** How many header times a median is taken of. */
const TIMES_MAX = 11;

/** Distance of two headers that `skip` leads over. */
const SKIP_BLOCKS = 64;

/**
 * What is known about a block's header once its parent is known, verdicts apart.
 *
 * @param kernelTime time of the transaction whose coin is staked; until it is known the hash proof
 *   of a proof-of-stake block is zero
 * @source exos-l1.md 3.2, 3.4, 3.7, 3.8, 4.7
 */
export function describeHeader(
  block: Pick<Block, "header" | "hash" | "transactions">,
  parent: HeaderRecord,
  params: ConsensusParams,
  kernelTime?: UnixSeconds,
): HeaderRecord {
  const { header, hash } = block;
  const kind = proofKind(block, params);
  const at = height(parent.height + 1);
  const times = [...parent.context.times, header.time].slice(-TIMES_MAX);
  const point = { bits: header.bits, time: header.time };
  const context: ChainContext = {
    times,
    last: { ...parent.context.last, [kind]: [point, ...parent.context.last[kind]].slice(0, 2) },
    deployments: nextDeployments(
      { height: at, version: header.version, times, before: parent.context.deployments },
      params,
    ),
  };
  return {
    hash: toHashHex(hash),
    height: at,
    header: copyHeader(header),
    work: parent.work + blockWork(header.bits),
    proofKind: kind,
    stakeModifier: modifierOf(block, parent, params),
    hashProof: hashProof(block, parent, params, kernelTime),
    context,
    skip: parent.height % SKIP_BLOCKS === 0 ? parent.hash : parent.skip,
  };
}

/** A header that holds no view of the block it came in. */
export function copyHeader(header: BlockHeader): BlockHeader {
  const bytes = header.bytes.slice();
  // Both fields are the 32 bytes at their place in the header (spec 2.3).
  const prev = bytes.subarray(4, 36) as Hash256;
  const merkleRoot = bytes.subarray(36, 68) as Hash256;
  return { ...header, prev, merkleRoot, bytes };
}

/** What no parent knows cannot be computed, only taken from a checkpoint. */
function modifierOf(
  block: Pick<Block, "hash" | "transactions">,
  parent: HeaderRecord,
  params: ConsensusParams,
): Hash256 {
  if (params.stake === undefined) return zeroHash();
  if (!isModifierKnown(parent.stakeModifier, parent.height)) {
    const pinned = params.checkpoints.find((row) => row.height === parent.height + 1);
    return pinned?.stakeModifier ?? zeroHash();
  }
  const kernel = coinstakeOf(block, params)?.inputs[0]?.prevout.txid;
  return stakeModifier(kernel ?? block.hash, parent.stakeModifier);
}

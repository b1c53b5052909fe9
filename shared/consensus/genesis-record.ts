import { decodeBlock } from "#shared/codec/decode-block.ts";
import type { DecodeFault } from "#shared/codec/reader.ts";
import { blockWork } from "#shared/consensus/block-work.ts";
import { initialDeployments } from "#shared/consensus/deployment-states.ts";
import { copyHeader } from "#shared/consensus/describe-header.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { ConsensusParams, Network } from "#shared/consensus/params.ts";
import type { Block } from "#shared/primitives/block.ts";
import { height } from "#shared/primitives/brand.ts";
import { toHashHex, zeroHash } from "#shared/primitives/hash.ts";
import type { Result } from "#shared/primitives/result.ts";

/** The first block of a network that may be wrong. */
export function genesisBlockOf({
  genesis,
  wire,
}: Pick<ConsensusParams, "genesis" | "wire">): Result<Block, DecodeFault> {
  return decodeBlock(genesis.raw, wire);
}

/** The first block of a network. @throws the decoder's fault when the network's data is wrong */
export function genesisBlock({ consensus }: Pick<Network, "consensus">): Block {
  const decoded = genesisBlockOf(consensus);
  if (!decoded.ok) throw decoded.error;
  return decoded.value;
}

/**
 * The record that every chain of a network starts from. Genesis is never judged, its output is no
 * coin, and its `bits` feed no retarget.
 *
 * @source exos-l1.md 1.4, 3.3, 3.4
 */
export function genesisRecord(network: Pick<Network, "consensus">): HeaderRecord {
  const { header, hash } = genesisBlock(network);
  return {
    hash: toHashHex(hash),
    height: height(0),
    header: copyHeader(header),
    work: blockWork(header.bits),
    proofKind: "work",
    stakeModifier: zeroHash(),
    hashProof: zeroHash(),
    context: {
      times: [header.time],
      last: { work: [], stake: [] },
      deployments: initialDeployments(network.consensus.deployments),
    },
    skip: toHashHex(hash),
  };
}

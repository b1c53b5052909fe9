import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { kernelHash } from "#shared/consensus/kernel-hash.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { coinstakeOf } from "#shared/consensus/proof-kind.ts";
import { workHash } from "#shared/consensus/work-hash.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { Hash256, UnixSeconds } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";

/**
 * The hash that proves a block: its work hash, or its kernel's.
 *
 * @param kernelTime time of the transaction whose coin is staked
 * @returns zero for proof of stake while that time is not known
 * @source PosCoinviewRule.cs CheckAndComputeStake (EXOSFullNode e61c2e61); exos-l1.md 4.5 rule 5a
 */
export function hashProof(
  block: Pick<Block, "header" | "transactions">,
  { stakeModifier }: Pick<HeaderRecord, "stakeModifier">,
  params: ConsensusParams,
  kernelTime: UnixSeconds | undefined,
): Hash256 {
  const coinstake = coinstakeOf(block, params);
  if (coinstake === undefined) return workHash(block.header, params);
  const prevout = coinstake.inputs[0]?.prevout;
  if (prevout === undefined || kernelTime === undefined) return zeroHash();
  const stakeTime = coinstake.time;
  return kernelHash({ modifier: stakeModifier, coinTime: kernelTime, prevout, stakeTime });
}

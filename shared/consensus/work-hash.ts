import type { ConsensusParams } from "#shared/consensus/params.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import { x13 } from "#shared/crypto/x13.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";

/** Three places ask for the work of one header: its announcement, its block, its record. */
const known = new WeakMap<object, Hash256>();

/**
 * What a proof of work compares with its target: never the block's identity but by accident.
 *
 * @source PosBlockHeader.GetPoWHash (EXOSFullNode e61c2e61); exos-l1.md 2.3
 */
export function workHash(
  header: Pick<BlockHeader, "bytes">,
  { work }: Pick<ConsensusParams, "work">,
): Hash256 {
  const before = known.get(header);
  if (before !== undefined) return before;
  const hash = work.hash === "x13" ? x13(header.bytes) : hash256(header.bytes);
  known.set(header, hash);
  return hash;
}

import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";

/**
 * A header's signed version is at least what its network asks: 7 where genesis alone is older, 4
 * where the coinbase height, strict signatures and OP_CHECKLOCKTIMEVERIFY are in force.
 *
 * @source StratisHeaderVersionRule.cs (EXOSFullNode e61c2e61); ContextualCheckBlockHeader,
 *   bitcoin/bitcoin validation.cpp; exos-l1.md 3.3 rule 5
 */
export function checkHeaderVersion(
  { version }: Pick<BlockHeader, "version">,
  versionMin: number,
): Violation | undefined {
  return version < versionMin ? violation("bad-version", { version, versionMin }) : undefined;
}

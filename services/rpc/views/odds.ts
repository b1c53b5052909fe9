import { targetOf } from "#services/rpc/views/target.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { Amount } from "#shared/primitives/brand.ts";

const TWO_TO_256 = 1n << 256n;
/** A ratio is computed in parts of this, then becomes a float for people. */
const SCALE = 1n << 60n;

/**
 * The chance that one try at this block had: a nonce, or a kernel in one 16-second slot.
 * @param stake value of the kernel, for a proof of stake
 * @returns 0 to 1 @source exos-l1.md 3.5
 */
export function oddsOf(record: Pick<HeaderRecord, "header">, stake: Amount | undefined): number {
  const chance = targetOf(record.header.bits) * (stake ?? 1n);
  const bounded = chance > TWO_TO_256 ? TWO_TO_256 : chance;
  return Number((bounded * SCALE) / TWO_TO_256) / Number(SCALE);
}

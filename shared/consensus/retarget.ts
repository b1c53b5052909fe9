import { decodeCompact } from "#shared/consensus/decode-compact.ts";
import { encodeCompact } from "#shared/consensus/encode-compact.ts";
import type { ProofPoint } from "#shared/consensus/header-record.ts";
import type { CompactBits, UnixSeconds } from "#shared/primitives/brand.ts";

/** Blocks' worth of time that a retarget looks at: 16 minutes of 64 s make 15 spacings. */
const INTERVAL = 15n;

/** The slowest pair of blocks that still counts, in spacings. */
const SPACINGS_MAX = 10n;

/** What a retarget reads: the last two blocks of one kind and the bound of that kind. */
export interface RetargetInput {
  readonly last: ProofPoint;
  readonly previousTime: UnixSeconds;
  readonly spacingSeconds: number;
  /** Largest target, at full precision. */
  readonly limit: bigint;
}

/**
 * The target after the last two blocks of a kind: it moves by up to a fifteenth with each block, so
 * that the pair would have taken one spacing.
 *
 * A clock that stands still or runs back counts as one spacing. The limit is compared at full
 * precision and only the result is cut to three bytes.
 *
 * @source StakeValidator.cs CalculateRetarget (EXOSFullNode e61c2e61); exos-l1.md 3.4
 */
export function retarget({
  last,
  previousTime,
  spacingSeconds,
  limit,
}: RetargetInput): CompactBits {
  const spacing = BigInt(spacingSeconds);
  const elapsed = last.time > previousTime ? BigInt(last.time - previousTime) : spacing;
  const actual = elapsed > spacing * SPACINGS_MAX ? spacing * SPACINGS_MAX : elapsed;

  const scaled = decodeCompact(last.bits) * ((INTERVAL - 1n) * spacing + actual + actual);
  const target = scaled / ((INTERVAL + 1n) * spacing);
  return encodeCompact(target <= 0n || target > limit ? limit : target);
}

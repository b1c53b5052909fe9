/**
 * Blocks behind up to which a city catches up by itself; a task does the rest faster, at a tenth of the
 * price. @source cloud.md 5.4
 */
export const LOAD_GAP_BLOCKS = 4_096;

/** Slots of 16 s in a spacing of 64 s: over hours, no chain is faster. */
const BLOCKS_PER_SPACING_MAX = 4;

/**
 * How high a chain can stand by now that has this block. What peers say of their height is believed
 * up to there, so that however many of them lie, a tip of an hour ago is never thousands of blocks
 * behind.
 */
export function heightPossible(
  { height, header }: { readonly height: number; readonly header: { readonly time: number } },
  now: number,
  { spacingSeconds }: { readonly spacingSeconds: number },
): number {
  const spacings = Math.max(0, now - header.time) / spacingSeconds;
  return height + Math.ceil(BLOCKS_PER_SPACING_MAX * spacings);
}

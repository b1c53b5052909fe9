/**
 * Blocks behind up to which a city catches up by itself; a task does the rest faster, at a tenth of the
 * price. @source cloud.md 5.4
 */
export const LOAD_GAP_BLOCKS = 4_096;

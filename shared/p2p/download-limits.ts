/** Numbers of the download, in blocks and milliseconds. */
export interface DownloadLimits {
  /** From the lowest missing block to the highest that is asked for. */
  readonly windowBlocks: number;
  /** Asked of a new peer at once, and of the slowest and of the fastest. */
  readonly peerBlocks: number;
  readonly peerBlocksMin: number;
  readonly peerBlocksMax: number;
  /** A block that took no longer raises its peer's limit by one. */
  readonly soonMs: number;
  /** One that took as long lowers it. */
  readonly lateMs: number;
  /** Silence after which the blocks of a peer are handed over, where another can be asked. */
  readonly stallMs: number;
  /** How long the lowest block of a window that is given out may let everybody wait. */
  readonly holdUpMs: number;
  /** Silence after which the only peer that can be asked counts as stalled. */
  readonly aloneMs: number;
  /** Rest of a peer that stalled; it doubles with each time in a row. */
  readonly restMs: number;
  readonly restMsMax: number;
}

/**
 * Blocks go to the store as they come, so the window costs no memory; it bounds how far the stored
 * blocks run ahead of the tip. The reference waits 30 s for one block near the tip: with other
 * peers there, seconds are enough.
 */
export const DOWNLOAD_LIMITS: DownloadLimits = {
  windowBlocks: 2048,
  peerBlocks: 32,
  peerBlocksMin: 2,
  peerBlocksMax: 512,
  soonMs: 1000,
  lateMs: 4000,
  stallMs: 5000,
  holdUpMs: 2000,
  aloneMs: 60_000,
  restMs: 10_000,
  restMsMax: 10 * 60_000,
};

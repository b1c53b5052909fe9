/** Unpredictable bytes. Implementations: `adapters/embedded/{system,seeded}-entropy.ts`. */
export interface Entropy {
  /** @param count 1 to 65,536 */
  bytes(count: number): Uint8Array;
}

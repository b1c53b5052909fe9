/** What a load that fills a city anew wants forgotten of the chain before. */
export interface Forgetting {
  /** Number of the tip as it was read; `undefined` where there was none. */
  readonly rev: number | undefined;
  /**
   * The first segment that the new chain does not fill. Those below it stay: whoever copies the chain
   * looks which of them are its own.
   */
  readonly segmentsFrom: number;
  /**
   * Asked between each look and what goes by it.
   * @throws StoreFault when another load may have begun, so that what was seen may be of it
   */
  expectOurs(): Promise<void>;
}

/** Labels are bounded sets: never an address, a txid, a peer or a path parameter. */
export type Labels = Readonly<Record<string, string>>;

/** Numbers about the process. Implementation: `adapters/embedded/prometheus-metrics.ts`. */
export interface Metrics {
  /** Add to a counter whose name ends in `_total`. */
  count(name: string, labels?: Labels, by?: number): void;
  /** Set a gauge. */
  gauge(name: string, value: number, labels?: Labels): void;
  /** Have a gauge read anew whenever somebody asks: for what grows while nothing happens. */
  watch(name: string, read: () => number, labels?: Labels): void;
  /** Observe a duration in a histogram whose name ends in `_seconds`. */
  observe(name: string, seconds: number, labels?: Labels): void;
  /** Everything so far, in Prometheus' text format 0.0.4. */
  expose(): string;
}

import type { Metrics } from "#shared/ports/metrics.ts";

/** A metric of a city as CloudWatch bills it: there are exactly four. @source cloud.md 10 */
interface CityMetric {
  readonly name: "TipHeight" | "TipAgeSeconds" | "Peers" | "ConnectMs";
  readonly unit: "None" | "Seconds" | "Count" | "Milliseconds";
  /** From the unit of our own metric. */
  readonly times: number;
}

/** Our own names for them. Whatever is not here is a field of a log, or nothing. */
const CITY_METRICS: ReadonlyMap<string, CityMetric> = new Map<string, CityMetric>([
  ["exos_tip_height", { name: "TipHeight", unit: "None", times: 1 }],
  ["exos_tip_age_seconds", { name: "TipAgeSeconds", unit: "Seconds", times: 1 }],
  ["bitcoin_peers", { name: "Peers", unit: "Count", times: 1 }],
  ["exos_connect_seconds", { name: "ConnectMs", unit: "Milliseconds", times: 1_000 }],
]);

const NAMESPACE = "Exos";
/** Most values that one record may hold of a metric. */
const VALUES_MAX = 100;

/** Metrics that are written as log lines, a line for all that gathered. */
export interface EmbeddedMetrics extends Metrics {
  /** Write what gathered since the last time, if anything did: at the end of a run, once a minute. */
  flush(): void;
}

/**
 * The four metrics of a city in CloudWatch's embedded metric format, by city alone: of a gauge the
 * last value, of durations each.
 *
 * @param options `write` takes one line with its end; `wallMs` milliseconds since 1970
 */
export function createEmbeddedMetrics(options: {
  readonly city: string;
  readonly write: (line: string) => void;
  readonly wallMs: () => number;
}): EmbeddedMetrics {
  const gathered = new Map<CityMetric, number[]>();

  function flush(): void {
    if (gathered.size === 0) return;
    const metrics = [...gathered.keys()].map(({ name, unit }) => ({ Name: name, Unit: unit }));
    const values = [...gathered].map(([{ name }, list]) => [
      name,
      list.length === 1 ? list[0] : list,
    ]);
    const directive = { Namespace: NAMESPACE, Dimensions: [["City"]], Metrics: metrics };
    const aws = { Timestamp: options.wallMs(), CloudWatchMetrics: [directive] };
    const record = { _aws: aws, City: options.city, ...Object.fromEntries(values) };
    gathered.clear();
    options.write(`${JSON.stringify(record)}\n`);
  }

  return {
    count: () => undefined,
    gauge(name, value) {
      const metric = CITY_METRICS.get(name);
      if (metric !== undefined) gathered.set(metric, [value * metric.times]);
    },
    watch: () => undefined,
    observe(name, seconds) {
      const metric = CITY_METRICS.get(name);
      if (metric === undefined) return;
      const values = gathered.get(metric) ?? [];
      values.push(seconds * metric.times);
      gathered.set(metric, values);
      if (values.length === VALUES_MAX) flush();
    },
    expose: () => "",
    flush,
  };
}

import type { Labels, Metrics } from "#shared/ports/metrics.ts";

/** Upper bounds of the buckets of every duration, in seconds. */
const BUCKETS_SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60] as const;

/** Most series of one name: more means that a label is not a bounded set. */
const SERIES_MAX = 500;

/** Words of labels whose values have no bound. @source interfaces.md 7.3 */
const UNBOUNDED = /^(address|txid|hash|peer|ip|path|url|height|script|block)$/;

type Kind = "counter" | "gauge" | "histogram";

interface Histogram {
  readonly counts: number[];
  sum: number;
  count: number;
}

interface Family {
  readonly kind: Kind;
  readonly series: Map<string, number | Histogram>;
}

/** Why a name or a set of labels may not be used; `undefined` when it may. */
function lint(name: string, kind: Kind, labels: Labels): string | undefined {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) return "name is not lower_snake";
  if ((kind === "counter") !== name.endsWith("_total")) return "only counters end in _total";
  if (kind === "histogram" && !name.endsWith("_seconds")) return "durations end in _seconds";
  for (const label of Object.keys(labels)) {
    if (!/^[a-z][a-z0-9_]*$/.test(label) || label === "le") return `label ${label}`;
    if (UNBOUNDED.test(label)) return `label ${label} has no bound`;
  }
  return undefined;
}

/** Backslash, quote and line end are escaped. @source Prometheus text format 0.0.4 */
function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (found) => (found === "\n" ? "\\n" : `\\${found}`));
}

/** Texts of labels that come again as the same object, which whoever counts often sees to. */
const texts = new WeakMap<Labels, string>();

function labelText(labels: Labels): string {
  const known = texts.get(labels);
  if (known !== undefined) return known;
  const text = writeLabels(labels);
  texts.set(labels, text);
  return text;
}

function writeLabels(labels: Labels): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.map(([name, value]) => `${name}="${escaped(value)}"`).join(",");
}

function seriesLines(name: string, labels: string, value: number | Histogram): string[] {
  const braces = labels === "" ? "" : `{${labels}}`;
  if (typeof value === "number") return [`${name}${braces} ${value}`];

  let below = 0;
  const before = labels === "" ? "" : `${labels},`;
  const lines = BUCKETS_SECONDS.map((bound, index) => {
    below += value.counts[index] ?? 0;
    return `${name}_bucket{${before}le="${bound}"} ${below}`;
  });
  return [
    ...lines,
    `${name}_bucket{${before}le="+Inf"} ${value.count}`,
    `${name}_sum${braces} ${value.sum}`,
    `${name}_count${braces} ${value.count}`,
  ];
}

function observed(previous: number | Histogram | undefined, seconds: number): Histogram {
  const histogram =
    typeof previous === "object"
      ? previous
      : { counts: BUCKETS_SECONDS.map(() => 0), sum: 0, count: 0 };
  const bucket = BUCKETS_SECONDS.findIndex((bound) => seconds <= bound);
  if (bucket >= 0) histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
  histogram.sum += seconds;
  histogram.count++;
  return histogram;
}

/** Numbers in memory. A name or label that breaks the rules is our bug: `RangeError`. */
export function createPrometheusMetrics(): Metrics {
  const families = new Map<string, Family>();
  const watched: (() => void)[] = [];

  function change(
    kind: Kind,
    name: string,
    labels: Labels,
    next: (previous: number | Histogram | undefined) => number | Histogram,
  ): void {
    const key = labelText(labels);
    let family = families.get(name);
    if (family?.series.has(key) !== true) {
      const reason = lint(name, kind, labels);
      if (reason !== undefined) throw new RangeError(`metric ${name}: ${reason}`);
      family ??= { kind, series: new Map() };
      families.set(name, family);
      if (family.series.size >= SERIES_MAX)
        throw new RangeError(`metric ${name}: ${SERIES_MAX} series`);
    }
    if (family.kind !== kind) throw new RangeError(`metric ${name} is a ${family.kind}`);
    family.series.set(key, next(family.series.get(key)));
  }

  return {
    count(name, labels = {}, by = 1) {
      if (!(by >= 0)) throw new RangeError(`metric ${name}: a counter cannot fall`);
      change(
        "counter",
        name,
        labels,
        (previous) => (typeof previous === "number" ? previous : 0) + by,
      );
    },
    gauge: (name, value, labels = {}) => change("gauge", name, labels, () => value),
    watch(name, read, labels = {}) {
      const look = () => change("gauge", name, labels, () => read());
      look();
      watched.push(look);
    },
    observe: (name, seconds, labels = {}) =>
      change("histogram", name, labels, (previous) => observed(previous, seconds)),
    expose() {
      for (const look of watched) look();
      const lines: string[] = [];
      for (const [name, { kind, series }] of families) {
        lines.push(`# TYPE ${name} ${kind}`);
        for (const [labels, value] of series) lines.push(...seriesLines(name, labels, value));
      }
      return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
    },
  };
}

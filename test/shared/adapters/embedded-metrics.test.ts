import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { METRICS } from "#infra/metrics.ts";
import { IDLE_USAGE } from "#infra/usage.ts";
import { createEmbeddedMetrics } from "#shared/adapters/aws/embedded-metrics.ts";

function rig() {
  const lines: string[] = [];
  const metrics = createEmbeddedMetrics({
    city: "syd",
    write: (line) => void lines.push(line),
    wallMs: () => 1_700_000_000_123,
  });
  return { metrics, lines };
}

it("writes the four metrics of a city in one line, by city alone", () => {
  const { metrics, lines } = rig();
  metrics.gauge("exos_tip_height", 7);
  metrics.gauge("exos_tip_height", 8);
  metrics.gauge("exos_tip_age_seconds", 64.5);
  metrics.gauge("bitcoin_peers", 3);
  metrics.observe("exos_connect_seconds", 0.25);
  metrics.observe("exos_connect_seconds", 0.5);
  expect(lines).toEqual([]);
  metrics.flush();
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      _aws: {
        Timestamp: 1_700_000_000_123,
        CloudWatchMetrics: [
          {
            Namespace: "Exos",
            Dimensions: [["City"]],
            Metrics: [
              { Name: "TipHeight", Unit: "None" },
              { Name: "TipAgeSeconds", Unit: "Seconds" },
              { Name: "Peers", Unit: "Count" },
              { Name: "ConnectMs", Unit: "Milliseconds" },
            ],
          },
        ],
      },
      City: "syd",
      TipHeight: 8,
      TipAgeSeconds: 64.5,
      Peers: 3,
      ConnectMs: [250, 500],
    },
  ]);
  expect(lines[0]?.endsWith("\n")).toBe(true);
});

it("writes nothing of any other name, and nothing twice", () => {
  const { metrics, lines } = rig();
  metrics.count("exos_rejects_total", { code: "x" });
  metrics.gauge("exos_reorg_depth_blocks", 3);
  metrics.observe("exos_http_request_duration_seconds", 1);
  metrics.flush();
  metrics.gauge("exos_tip_height", 1);
  metrics.flush();
  metrics.flush();
  expect(lines).toHaveLength(1);
  expect(metrics.expose()).toBe("");
});

it("writes, of every name that the sources hold, the metrics that are paid for", () => {
  const sources = globSync("{services,shared}/**/*.ts").map((path) => ({
    path,
    text: readFileSync(path, "utf8"),
  }));
  // The names of our metrics are among the words of this form.
  const names = new Set(
    sources.flatMap(({ text }) =>
      [...text.matchAll(/"([a-z][a-z0-9]*(?:_[a-z0-9]+)+)"/g)].map(([, name]) => name),
    ),
  );
  const { metrics, lines } = rig();
  for (const name of names) {
    if (name === undefined) continue;
    metrics.count(name);
    metrics.gauge(name, 1);
    metrics.watch(name, () => 1);
    metrics.observe(name, 1);
  }
  metrics.flush();
  const { _aws, City, ...written } = JSON.parse(lines.join("")) as Record<string, unknown>;
  expect(Object.keys(written).sort()).toEqual([...METRICS].sort());
  expect(IDLE_USAGE.metrics).toEqual(METRICS);
  expect(METRICS).toHaveLength(4);
  // Nobody else writes any.
  const writers = sources.filter(({ text }) => text.includes("CloudWatchMetrics"));
  expect(writers.map(({ path }) => path)).toEqual(["shared/adapters/aws/embedded-metrics.ts"]);
});

it("begins another line after a hundred durations, which is all that one may hold", () => {
  const { metrics, lines } = rig();
  for (let count = 0; count < 150; count++) metrics.observe("exos_connect_seconds", 1);
  metrics.flush();
  const counts = lines.map(
    (line) => (JSON.parse(line) as { ConnectMs: number[] }).ConnectMs.length,
  );
  expect(counts).toEqual([100, 50]);
});

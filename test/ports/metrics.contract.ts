import { expect, it } from "vitest";
import type { Metrics } from "#shared/ports/metrics.ts";

/** What every keeper of numbers promises. */
export function metricsContract(create: () => Metrics): void {
  it("exposes nothing before the first number", () => {
    expect(create().expose()).toBe("");
  });

  it("adds to counters and sets gauges, each by its labels in any order", () => {
    const metrics = create();
    metrics.count("exos_rejects_total", { code: "high-hash", stage: "header" });
    metrics.count("exos_rejects_total", { stage: "header", code: "high-hash" }, 2);
    metrics.count("exos_rejects_total", { code: "bad-cs-amount", stage: "full" });
    metrics.gauge("exos_tip_age_seconds", 5);
    metrics.gauge("exos_tip_age_seconds", 2.5);
    expect(metrics.expose().split("\n")).toEqual([
      "# TYPE exos_rejects_total counter",
      'exos_rejects_total{code="high-hash",stage="header"} 3',
      'exos_rejects_total{code="bad-cs-amount",stage="full"} 1',
      "# TYPE exos_tip_age_seconds gauge",
      "exos_tip_age_seconds 2.5",
      "",
    ]);
  });

  it("counts durations in buckets that include their bound", () => {
    const metrics = create();
    for (const seconds of [0.02, 0.021, 1_000]) metrics.observe("exos_connect_seconds", seconds);
    const text = metrics.expose();
    expect(text).toContain('exos_connect_seconds_bucket{le="0.02"} 1\n');
    expect(text).toContain('exos_connect_seconds_bucket{le="0.1"} 2\n');
    expect(text).toContain('exos_connect_seconds_bucket{le="60"} 2\n');
    expect(text).toContain('exos_connect_seconds_bucket{le="+Inf"} 3\n');
    expect(text).toContain("exos_connect_seconds_count 3\n");
  });

  it("reads a watched gauge whenever somebody asks", () => {
    const metrics = create();
    let age = 1;
    metrics.watch("exos_queue_oldest_seconds", () => age, { queue: "follow" });
    age = 2.5;
    expect(metrics.expose()).toContain('exos_queue_oldest_seconds{queue="follow"} 2.5\n');
    age = 0;
    expect(metrics.expose()).toContain('exos_queue_oldest_seconds{queue="follow"} 0\n');
    expect(() => metrics.watch("exos_x_total", () => 1)).toThrow(RangeError);
  });

  it("escapes what a label's text could break", () => {
    const metrics = create();
    metrics.gauge("exos_city_info", 1, { city: 'a"b\\c\nd' });
    expect(metrics.expose()).toContain('{city="a\\"b\\\\c\\nd"}');
  });

  it.each([
    ["a counter without _total", (m: Metrics) => m.count("exos_rejects")],
    ["a gauge with _total", (m: Metrics) => m.gauge("exos_x_total", 1)],
    ["a duration without _seconds", (m: Metrics) => m.observe("exos_connect", 1)],
    ["a name in capitals", (m: Metrics) => m.gauge("exosTip", 1)],
    ["a label without a bound", (m: Metrics) => m.gauge("exos_x", 1, { address: "X" })],
    ["a label of histograms", (m: Metrics) => m.gauge("exos_x", 1, { le: "1" })],
    ["a falling counter", (m: Metrics) => m.count("exos_x_total", {}, -1)],
  ])("refuses %s", (_, use) => {
    expect(() => use(create())).toThrow(RangeError);
  });

  it("refuses one name in two kinds, and labels that never end", () => {
    const metrics = create();
    metrics.gauge("exos_x_seconds", 1);
    expect(() => metrics.observe("exos_x_seconds", 1)).toThrow(RangeError);
    expect(() => {
      for (let index = 0; index <= 500; index++) metrics.gauge("exos_y", 1, { code: `${index}` });
    }).toThrow(RangeError);
  });
}

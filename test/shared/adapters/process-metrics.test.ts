import { expect, it } from "vitest";
import { withProcessMetrics } from "#shared/adapters/embedded/process-metrics.ts";
import { createPrometheusMetrics } from "#shared/adapters/embedded/prometheus-metrics.ts";

it("metrics of a process tell its memory, its handles and how late its event loop ran", async () => {
  using metrics = withProcessMetrics(createPrometheusMetrics());
  metrics.count("exos_reorgs_total");
  await new Promise((resolve) => setTimeout(resolve, 60));
  const end = performance.now() + 80;
  while (performance.now() < end);
  await new Promise((resolve) => setTimeout(resolve, 60));
  const text = metrics.expose();
  const value = (name: string) => Number(new RegExp(`^${name} (.+)$`, "m").exec(text)?.[1]);
  expect(value("exos_reorgs_total")).toBe(1);
  expect(value("process_resident_memory_bytes")).toBeGreaterThan(1_048_576);
  expect(value("nodejs_heap_size_used_bytes")).toBeGreaterThan(1_048_576);
  expect(value("nodejs_active_handles")).toBeGreaterThanOrEqual(0);
  expect(value("nodejs_eventloop_lag_seconds")).toBeGreaterThan(0.04);
});

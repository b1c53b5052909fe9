import { monitorEventLoopDelay } from "node:perf_hooks";
import { getActiveResourcesInfo, memoryUsage } from "node:process";
import type { Metrics } from "#shared/ports/metrics.ts";

const NANOSECONDS_PER_MS = 1_000_000;
/** How often the event loop's delay is sampled. */
const SAMPLE_MS = 20;

/**
 * Metrics that also tell of this process: memory, what keeps it busy, and how late its event loop
 * ran at worst since somebody last asked. @source interfaces.md 7.3
 */
export function withProcessMetrics(metrics: Metrics): Metrics & Disposable {
  const delay = monitorEventLoopDelay({ resolution: SAMPLE_MS });
  delay.enable();
  return {
    count: metrics.count,
    gauge: metrics.gauge,
    watch: metrics.watch,
    observe: metrics.observe,
    expose() {
      const { rss, heapUsed, heapTotal, external } = memoryUsage();
      metrics.gauge("process_resident_memory_bytes", rss);
      metrics.gauge("nodejs_heap_size_used_bytes", heapUsed);
      metrics.gauge("nodejs_heap_size_total_bytes", heapTotal);
      metrics.gauge("nodejs_external_memory_bytes", external);
      metrics.gauge("nodejs_active_handles", getActiveResourcesInfo().length);
      // What is measured is the whole pause between two samples.
      const lateMs = Math.max(0, delay.max / NANOSECONDS_PER_MS - SAMPLE_MS);
      metrics.gauge("nodejs_eventloop_lag_seconds", lateMs / 1_000);
      delay.reset();
      return metrics.expose();
    },
    [Symbol.dispose]: () => void delay.disable(),
  };
}

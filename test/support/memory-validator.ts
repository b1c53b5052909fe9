import type { ValidatorDeps } from "#services/validate/core.ts";
import { JUDGE_EVERYTHING } from "#services/validate/deps.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryBlockStore } from "#shared/adapters/embedded/memory-block-store.ts";
import { createMemoryCoinStore } from "#shared/adapters/embedded/memory-coin-store.ts";
import { createMemoryHeaderStore } from "#shared/adapters/embedded/memory-header-store.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createPrometheusMetrics } from "#shared/adapters/embedded/prometheus-metrics.ts";
import { openScriptWorkers } from "#shared/adapters/embedded/script-workers.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";

/** The service over stores in memory; hints go nowhere. */
export function memoryValidator(network: Network, now: UnixSeconds): ValidatorDeps {
  const { wire, dialect } = network.consensus;
  const nothing = async () => undefined;
  return {
    network,
    blocks: createMemoryBlockStore(),
    headers: createMemoryHeaderStore(),
    coins: createMemoryCoinStore(dialect),
    scripts: openScriptWorkers({ workers: 0, wire, dialect }),
    clock: createManualClock(now),
    log: createMemoryLog(),
    metrics: createPrometheusMetrics(),
    policy: JUDGE_EVERYTHING,
    connect: { send: nothing },
    follow: { send: nothing },
    pause: nothing,
    connected: nothing,
    flush: nothing,
    flushWhenDue: nothing,
  };
}

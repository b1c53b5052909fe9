import type { ValidatorDeps } from "#services/validate/core.ts";
import type { SharedTables } from "#services/validate/deps.ts";
import { createMemoryBlockTries } from "#shared/adapters/embedded/memory-block-tries.ts";
import { createMemoryHeartbeats } from "#shared/adapters/embedded/memory-heartbeats.ts";
import { createMemoryLeases } from "#shared/adapters/embedded/memory-leases.ts";
import { createMemoryTipNotice } from "#shared/adapters/embedded/memory-tip-notice.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { Heartbeats } from "#shared/ports/heartbeats.ts";
import type { Leases } from "#shared/ports/leases.ts";
import type { TipNotice } from "#shared/ports/tip-notice.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";
import { memoryValidator } from "./memory-validator.ts";

/** The service as a city runs it. */
export interface CityDeps extends ValidatorDeps {
  readonly shared: SharedTables & {
    readonly leases: Leases;
    readonly notice: TipNotice;
    readonly heartbeats: Heartbeats;
  };
}

/** The service as a city runs it, over stores in memory that behave like shared tables. */
export function sharedValidator(network: Network, now: UnixSeconds): CityDeps {
  return {
    ...memoryValidator(network, now),
    shared: {
      tries: createMemoryBlockTries(),
      leases: createMemoryLeases(),
      heartbeats: createMemoryHeartbeats(),
      notice: createMemoryTipNotice(),
      announce: { send: async () => undefined },
      operators: { tell: async () => undefined },
    },
  };
}

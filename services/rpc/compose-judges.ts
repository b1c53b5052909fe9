import { setImmediate } from "node:timers/promises";
import type { CityPorts } from "#services/rpc/city/open-city.ts";
import { type Arrivals, composeArrivals } from "#services/validate/compose-arrivals.ts";
import { composeMempool } from "#services/validate/compose-mempool.ts";
import { createInlineScripts } from "#shared/adapters/embedded/inline-scripts.ts";
import { cityPolicy } from "#shared/consensus/policy/pool-policy.ts";

/** No short cut: checkpoints are asserted, and nothing is vouched for. */
const JUDGED = { checkpoints: "assert", assumes: () => false } as const;

type Judged = Omit<
  Parameters<typeof composeMempool>[0],
  "policy" | "pool" | "accepted" | "scripts" | "pause"
> &
  Omit<Parameters<typeof composeArrivals>[0], "policy">;

/**
 * The judges of what is handed in, and of what the pool holds. With them come the rules, the scripts and
 * the engines of curve and hash: a module of their own, which a read of the chain never loads.
 */
export function composeJudges(deps: Judged): Pick<Arrivals, "store"> & Pick<CityPorts, "judge"> {
  const scripts = createInlineScripts(deps.network.consensus);
  const policy = cityPolicy(deps.network);
  // Whoever writes the pool tells of what enters.
  const accepted = { send: async () => undefined };
  const pause = () => setImmediate();
  return {
    store: composeArrivals({ ...deps, policy: JUDGED }).store,
    judge: (pool) => composeMempool({ ...deps, pool, scripts, policy, accepted, pause }),
  };
}

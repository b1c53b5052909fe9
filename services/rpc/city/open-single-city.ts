import type { RpcDeps, RunningCall } from "#services/rpc/deps.ts";
import type { Secrets } from "#shared/ports/secrets.ts";
import { cityAccess } from "./city-access.ts";

/** What makes a node a city of the fleet. */
interface CityRole {
  /** Hold the keys of the edge's stamps. */
  readonly secrets: Secrets;
  /** What the city says it runs. */
  readonly release: string;
}

/**
 * The API of a city that is one process, such as one outside AWS: over the stores of a node, and
 * answered as every other city answers.
 * @param own what the node answers its operator with
 */
export function openSingleCity(own: RpcDeps, { secrets, release }: CityRole): RpcDeps {
  // Who runs a fleet, a wallet or a staker in this process is nobody's to ask.
  const { fleet: _, wallets: __, staking: ___, ...shared } = own;
  return {
    ...shared,
    version: release,
    // A block may be handed in, as in every city; nothing else changes one.
    control: { ...own.control, stop: () => undefined, development: undefined },
    calls: new Set<RunningCall>(),
    access: cityAccess({ secrets, clock: own.clock }),
  };
}

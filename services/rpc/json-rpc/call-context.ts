import type { RpcDeps, Stores } from "#services/rpc/deps.ts";
import type { Method } from "#services/rpc/json-rpc/method.ts";
import type { Chain } from "#services/rpc/views/chain.ts";

/** What one method call may use. */
export interface CallContext {
  readonly deps: RpcDeps;
  readonly stores: Stores;
  /** Every method of this network, by name, for `help`. */
  readonly methods: ReadonlyMap<string, Method>;
  /** The wallet that the path names, `/wallet/<name>`. */
  readonly wallet: string | undefined;
  /** The chain at the one tip this answer is computed at. */
  chain(): Promise<Chain>;
}

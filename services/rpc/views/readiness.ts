import type { RpcDeps } from "#services/rpc/deps.ts";
import type { Session } from "#services/rpc/session.ts";
import { viewHealth } from "#services/rpc/views/health.ts";
import { type Reason, reasonOf } from "#shared/fleet/reason.ts";

/** Everything that speaks against relying on this node, also before it has stores or a chain. */
export async function reasonsAgainst(
  session: Pick<Session, "stores" | "chain">,
  deps: RpcDeps,
): Promise<readonly Reason[]> {
  const opening = await reasonWithoutChain(session, deps);
  if (opening !== undefined) return [opening];
  const { stores } = session;
  if (stores === undefined) return [];
  return (await viewHealth({ chain: await session.chain(), deps, stores })).reasons;
}

/** Why there is no chain to judge; `undefined`: there is one. */
export async function reasonWithoutChain(
  { stores }: Pick<Session, "stores">,
  { state, clock }: Pick<RpcDeps, "state" | "clock">,
): Promise<Reason | undefined> {
  if (stores === undefined) {
    const { phase, since } = state();
    return reasonOf("phase", { text: `The node is ${phase}`, since });
  }
  if ((await stores.coins.tip()) !== undefined) return undefined;
  return reasonOf("phase", { text: "There is no chain yet", since: clock.now() });
}

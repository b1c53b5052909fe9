import * as z from "zod";
import type { RpcDeps, Stores } from "#services/rpc/deps.ts";
import type { Chain } from "#services/rpc/views/chain.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** One reason not to rely on a node. */
export const REASON_SCHEMA = z.object({
  code: z.string(),
  text: z.string(),
  since: z.int().meta({ description: "Unix seconds" }),
  fix: z.string(),
});

export type Reason = z.output<typeof REASON_SCHEMA>;

export interface Health {
  readonly status: "ok" | "degraded" | "down";
  readonly reasons: readonly Reason[];
  /** Each check, and whether it passed. */
  readonly checks: Record<string, boolean>;
}

interface Where {
  readonly chain: Chain;
  readonly deps: Pick<RpcDeps, "state" | "clock" | "readiness" | "peers" | "sync" | "network">;
  readonly stores: Pick<Stores, "headers" | "index">;
}

/** Branches looked at for a heavier header. */
const LEAVES_MAX = 16;

/**
 * Whether stores and index stand at the best header known. Without a source of peers nothing newer
 * can be known, so the age of the tip says nothing then.
 * @param lagMax blocks behind that are still well; the node's own setting without it
 * @source interfaces.md 7.2
 */
export async function viewHealth(where: Where, lagMax?: number): Promise<Health> {
  const { deps, chain, stores } = where;
  const { phase, since } = deps.state();
  const { blocksMax, ageSecondsMax } = deps.readiness;
  const claimed = (deps.sync?.().target ?? 0) - chain.tip.height;
  const lag = Math.max(await lagBlocks(where), claimed);
  const indexed = await stores.index.cursor();
  const indexLag = chain.tip.height - (indexed?.height ?? -1);
  const age = deps.clock.now() - chain.tip.header.time;
  const checks = {
    phase: phase === "ready",
    lag: lag <= (lagMax ?? blocksMax),
    index: indexLag <= 1,
    age: ageSecondsMax === undefined || age <= ageSecondsMax,
    ...peerCheck(deps),
  };
  const reasons: Reason[] = [];
  const add = (ok: boolean, code: string, text: string, fix: string) => {
    if (!ok) reasons.push({ code, text, since, fix });
  };
  add(checks.phase, "EXOS-E2001", `The node is ${phase}`, "Wait until it is ready");
  add(checks.lag, "EXOS-E2001", `${lag} blocks behind the best header`, "Wait for the blocks");
  add(checks.index, "EXOS-E1009", `The index is ${indexLag} blocks behind`, "Wait for the index");
  add(checks.age, "EXOS-E2001", `The tip is ${age} s old`, "Look for peers with newer blocks");
  add(checks.peers !== false, "EXOS-E3006", "No peer is connected", "Name one with --addnode");
  const status = reasons.length === 0 ? "ok" : "degraded";
  return { status, reasons, checks };
}

/**
 * A network of one machine needs no peers, and a node that has no way to any serves what it was given:
 * it says so in its log. @source interfaces.md 7.2
 */
function peerCheck({ peers, network }: Where["deps"]): { readonly peers?: boolean } {
  if (peers === undefined || network.kind === "regtest") return {};
  if (peers.list().some(({ greeting }) => greeting !== undefined)) return { peers: true };
  return peers.network().hasSource ? { peers: false } : {};
}

/** Blocks between the tip and the heaviest header that is not known to be bad. */
export async function lagBlocks({
  chain,
  stores,
}: Pick<Where, "chain" | "stores">): Promise<number> {
  for (const hash of await stores.headers.leaves(LEAVES_MAX)) {
    const leaf = await chain.header(hash);
    if (leaf === undefined || leaf.record.work <= chain.tip.work) return 0;
    if (await hasBadBlock(leaf.record.hash, chain)) continue;
    return Math.max(1, leaf.record.height - chain.tip.height);
  }
  return 0;
}

/** Whether a block between a leaf and this chain was refused. */
async function hasBadBlock(leaf: Parameters<Chain["header"]>[0], chain: Chain): Promise<boolean> {
  let stored = await chain.header(leaf);
  while (stored !== undefined && !(await chain.isActive(stored.record))) {
    if (stored.rejected !== undefined) return true;
    stored = await chain.header(toHashHex(stored.record.header.prev));
  }
  return false;
}

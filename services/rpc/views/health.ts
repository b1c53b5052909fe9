import type { RpcDeps, Stores } from "#services/rpc/deps.ts";
import type { Chain } from "#services/rpc/views/chain.ts";
import type { Tip } from "#shared/coins/tip.ts";
import { hashAt } from "#shared/coins/view.ts";
import { type CityFacts, judgeCity } from "#shared/fleet/judge-city.ts";
import type { Reason } from "#shared/fleet/reason.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import type { Heartbeat } from "#shared/ports/heartbeats.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

export interface Health {
  readonly status: "ok" | "degraded" | "down";
  readonly reasons: readonly Reason[];
  /** Each check, and whether it passed. */
  readonly checks: Record<string, boolean>;
}

interface Where {
  readonly chain: Chain;
  readonly deps: Pick<
    RpcDeps,
    "state" | "clock" | "readiness" | "peers" | "sync" | "network" | "heartbeats" | "trustOf"
  >;
  readonly stores: Pick<Stores, "headers" | "index">;
}

/** Branches looked at for a heavier header. */
const LEAVES_MAX = 16;

/**
 * Whether stores and index stand at the best header known. Without a source of peers nothing newer
 * can be known, so the age of the tip says nothing then.
 * @param lagMax blocks behind that are still well; the node's own setting without it
 * @source interfaces.md 7.2; cloud.md 10
 */
export async function viewHealth(where: Where, lagMax?: number): Promise<Health> {
  const { blocksMax, ...limits } = where.deps.readiness;
  const facts = await factsOf(where);
  const reasons = judgeCity(facts, { ...limits, blocksMax: lagMax ?? blocksMax });
  const names = new Set(reasons.map(({ name }) => name));
  const status = reasons.some(({ out }) => out) ? "degraded" : "ok";
  const checks = {
    phase: !names.has("phase"),
    lag: !names.has("behind"),
    index: !names.has("index"),
    age: !names.has("stale"),
    store: !names.has("store"),
    ...(facts.peers === undefined ? {} : { peers: !names.has("peers") }),
  };
  return { status, reasons, checks };
}

async function factsOf(where: Where): Promise<CityFacts> {
  const { deps, chain, stores } = where;
  const { phase, since } = deps.state();
  const trust = await deps.trustOf?.(chain.committed.gen);
  const assumed = deps.state().assumed ?? trust?.assumed ?? false;
  const now = deps.clock.now();
  const beats = (await deps.heartbeats?.all()) ?? [];
  const ingest = beats.find((beat) => beat.service === "ingest");
  const watch = beats.find((beat) => beat.service === "watch");
  const own = chain.tip.height + (await lagBlocks(where));
  const claimed = deps.sync?.().target ?? ingest?.bestHeader?.height ?? 0;
  return {
    now,
    phase: { name: phase, since },
    tip: { height: chain.tip.height, time: chain.tip.header.time },
    bestHeight: Math.max(own, claimed),
    networkHeight: ingest?.networkHeight,
    indexHeight: (await stores.index.cursor())?.height ?? -1,
    broken: whatIsBroken(chain.committed, chain.tipHeader),
    assumed,
    refuted: trust?.refuted ?? false,
    peers: deps.heartbeats === undefined ? ownPeers(deps) : toldPeers(ingest, deps),
    silentSeconds: ingest === undefined ? undefined : now - ingest.at,
    deadLetters: watch?.deadLetters ?? 0,
    oldestHintSeconds: watch?.oldestHintSeconds ?? 0,
  };
}

/** What of a stored tip contradicts itself. @source cloud.md 10 */
export function whatIsBroken(tip: Tip, header: Pick<StoredHeader, "record">): string | undefined {
  if (hashAt(tip, tip.height) !== tip.hash) return "The window does not end in the tip's hash";
  if (hashAt(tip, tip.final) === undefined) return "The window does not hold the last final block";
  const { height } = header.record;
  if (height !== tip.height)
    return `The tip's header stands at ${height}, the tip at ${tip.height}`;
  return undefined;
}

/**
 * A network of one machine needs no peers, and a node that has no way to any serves what it was given:
 * it says so in its log. @source interfaces.md 7.2
 */
function ownPeers({ peers, network }: Where["deps"]): number | undefined {
  if (peers === undefined || network.kind === "regtest") return undefined;
  const greeted = peers.list().filter(({ greeting }) => greeting !== undefined).length;
  return greeted === 0 && !peers.network().hasSource ? undefined : greeted;
}

/** What the city's peer process says; none before it said anything. */
function toldPeers(
  ingest: Extract<Heartbeat, { service: "ingest" }> | undefined,
  { network }: Where["deps"],
): number | undefined {
  if (network.kind === "regtest") return undefined;
  return (ingest?.peersIn ?? 0) + (ingest?.peersOut ?? 0);
}

/** Blocks between the tip and the heaviest header that is not known to be bad. */
export async function lagBlocks({
  chain,
  stores,
}: Pick<Where, "chain" | "stores">): Promise<number> {
  for (const hash of await stores.headers.leaves(LEAVES_MAX)) {
    const leaf = await chain.header(hash);
    // A candidate whose header is not kept yet hides none below it.
    if (leaf === undefined) continue;
    if (leaf.record.work <= chain.tip.work) return 0;
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

import type { FunctionName } from "#regions/city-names.ts";
import { type GrantFacts, type PortCall, type Request, requestsOfCall } from "./port-calls.ts";

/** Whoever has a role at runtime: the functions, and the two ways the container runs. */
export type Handler = FunctionName | "ingest" | "load";

/** A part of a role: allowed, on exactly these resources, under this condition. */
export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly only?: { readonly key: string; readonly values: readonly string[] };
}

const VIEW = [
  "coins.tip",
  "coins.frozen",
  "coins.frozenGroups",
  "headers.get",
  "segments.read",
] as const;
const JUDGE = [...VIEW, "coins.read", "headers.set"] as const;
const POOLED = ["coins.read", "pool.get", "pool.read", "pool.write", "hints.announce"] as const;
const BODIES = ["blocks.get", "blocks.put", "headers.addCandidate"] as const;

/**
 * The calls that each handler makes: the one list that roles are generated from, and that observed
 * requests are compared with. @source cloud.md 9.1
 */
export const GRANTS: Readonly<Record<Handler, readonly PortCall[]>> = {
  check: [
    "coins.tip",
    "coins.frozen",
    "headers.get",
    "headers.set",
    "segments.read",
    "blocks.get",
    "blocks.drop",
    "headers.dropCandidate",
    "hints.connect",
    "hints.announce",
  ],
  connect: [
    ...JUDGE,
    "coins.apply",
    "coins.commit",
    "headers.candidates",
    "headers.dropCandidate",
    "heartbeats.get",
    "blocks.get",
    "blocks.drop",
    "hints.connect",
    "hints.announce",
    "follow.publish",
    "operators.tell",
  ],
  mempool: [...VIEW, ...POOLED],
  "mempool-follow": [...VIEW, ...POOLED, "blocks.get", "cursors.get", "cursors.set"],
  "index-follow": [
    ...VIEW,
    "coins.read",
    "blocks.get",
    "cursors.get",
    "cursors.set",
    "index.get",
    "index.list",
    "index.write",
  ],
  rpc: [
    ...JUDGE,
    ...BODIES,
    "headers.list",
    "headers.candidates",
    "cursors.get",
    "heartbeats.get",
    "pool.get",
    "pool.read",
    "pool.keepRaw",
    "index.get",
    "index.list",
    "index.fold",
    "richList.read",
    "hints.block",
    "hints.transaction",
    "secrets.edge",
  ],
  "rpc-events": ["coins.tip", "streams.hold", "secrets.edge"],
  watch: [
    "coins.tip",
    "coins.frozen",
    "headers.get",
    "headers.candidates",
    "coins.now",
    "cursors.get",
    "heartbeats.get",
    "heartbeats.set",
    "hints.connect",
    "follow.publish",
    "queues.depth",
    "task.see",
    "replay.keep",
  ],
  "stake-sign": ["coins.tip", "coins.frozen", "coins.read", "headers.get", "signer.sign"],
  ingest: [
    ...JUDGE,
    ...BODIES,
    "headers.list",
    "segments.write",
    "segments.release",
    "leases.hold",
    "heartbeats.set",
    "addresses.keep",
    "pool.read",
    "pool.keepRaw",
    "hints.block",
    "hints.transaction",
    "announce.take",
  ],
  load: [
    ...VIEW,
    "coins.apply",
    "coins.commit",
    "headers.set",
    "blocks.get",
    "blocks.put",
    "segments.write",
    "leases.hold",
    "generations.set",
    "generations.load",
    "cursors.get",
    "cursors.set",
    "index.load",
    "chain.refill",
    "snapshots.fetch",
    "richList.read",
    "richList.write",
    "follow.publish",
  ],
};

/** Calls of a handler that only some cities have. */
export function callsOf(handler: Handler, facts: GrantFacts): readonly PortCall[] {
  const more: PortCall[] = [];
  if (handler === "ingest" && facts.stakeKey !== undefined) {
    more.push("signer.ask", "cursors.get", "index.get", "index.list", "index.fold", "pool.get");
  }
  if (handler === "watch" && facts.seed !== undefined) more.push("seed.set");
  if (handler === "watch" && facts.vector !== undefined) {
    more.push("vector.write", "operators.tell");
  }
  return [...GRANTS[handler], ...more];
}

/** The requests that a handler's calls stand for. */
export function requestsOf(handler: Handler, facts: GrantFacts): readonly Request[] {
  return callsOf(handler, facts).flatMap(requestsOfCall);
}

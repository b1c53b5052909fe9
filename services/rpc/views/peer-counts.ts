import type { RpcDeps } from "#services/rpc/deps.ts";

/** Connections by who opened them. */
export interface PeerCounts {
  readonly inbound: number;
  readonly outbound: number;
}

/**
 * How many nodes are connected: to this process, or, in a city of several, to the one that talks to
 * peers, as it last said. @returns `undefined` for a node without peers
 */
export async function countPeers({
  peers,
  heartbeats,
}: Pick<RpcDeps, "peers" | "heartbeats">): Promise<PeerCounts | undefined> {
  if (peers !== undefined) {
    const list = peers.list();
    const inbound = list.filter(({ kind }) => kind === "inbound").length;
    return { inbound, outbound: list.length - inbound };
  }
  if (heartbeats === undefined) return undefined;
  const ingest = (await heartbeats.all()).find((beat) => beat.service === "ingest");
  return { inbound: ingest?.peersIn ?? 0, outbound: ingest?.peersOut ?? 0 };
}

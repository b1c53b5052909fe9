import type { PeerView } from "#shared/ports/peers.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import type { ConnectionEntry } from "./connection-entry.ts";

const NEVER = unixSeconds(0);

/** A connection as it is listed. @param nowMs monotonic */
export function peerView(entry: ConnectionEntry, nowMs: number): PeerView {
  const { connection, session } = entry;
  const status = session?.status();
  const sentAtMs = status?.pingSentAtMs;
  return {
    id: entry.id,
    remote: connection.remote,
    local: connection.local,
    kind: entry.kind,
    group: entry.group,
    whitelisted: entry.whitelisted,
    connected: entry.connected,
    stage: status?.stage ?? "connecting",
    greeting: entry.greeting,
    ...connection.traffic(),
    lastSent: entry.lastSent,
    lastReceived: entry.lastReceived,
    lastBlock: status?.lastBlock ?? NEVER,
    lastTransaction: status?.lastTransaction ?? NEVER,
    pingMs: status?.pingMs,
    pingMinMs: status?.pingMinMs,
    pingWaitMs: sentAtMs === undefined ? undefined : nowMs - sentAtMs,
    headersHeight: status?.headersHeight,
    blocksHeight: status?.blocksHeight,
    inFlight: status?.inFlight ?? [],
    addressesTaken: status?.addressesTaken ?? 0,
    addressesDropped: status?.addressesDropped ?? 0,
    sentByCommand: status?.sentByCommand ?? {},
    receivedByCommand: status?.receivedByCommand ?? {},
  };
}

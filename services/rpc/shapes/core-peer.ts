import { formatEndpoint } from "#shared/p2p/endpoint-text.ts";
import { isIpv4, isRoutable, parseIp } from "#shared/p2p/ip-address.ts";
import type { PeerView } from "#shared/ports/peers.ts";

/** Names of Bitcoin Core for what a node offers, by its bit. @source protocol.h (Core 28.0) */
const SERVICE_NAMES: readonly (readonly [bit: bigint, name: string])[] = [
  [1n, "NETWORK"],
  [4n, "BLOOM"],
  [8n, "WITNESS"],
  [64n, "COMPACT_FILTERS"],
  [1_024n, "NETWORK_LIMITED"],
  [2_048n, "P2P_V2"],
];

const TYPES = {
  inbound: "inbound",
  outbound: "outbound-full-relay",
  manual: "manual",
  feeler: "feeler",
} as const satisfies Record<PeerView["kind"], string>;

/** Bits of services, as sixteen hex digits. */
export const servicesHex = (services: bigint): string => services.toString(16).padStart(16, "0");

export function servicesNames(services: bigint): string[] {
  return SERVICE_NAMES.filter(([bit]) => (services & bit) !== 0n).map(([, name]) => name);
}

/** The part of the Internet that a host is of. */
export function networkOf(host: string): string {
  const ip = parseIp(host);
  if (ip === undefined) return host.endsWith(".onion") ? "onion" : "not_publicly_routable";
  if (!isRoutable(ip)) return "not_publicly_routable";
  return isIpv4(ip) ? "ipv4" : "ipv6";
}

const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1_000);

/** A connection in the keys of `getpeerinfo`. @source getpeerinfo, rpc/net.cpp (Core 28.0) */
export function corePeer(peer: PeerView) {
  const { greeting, remote, local } = peer;
  const services = greeting?.services ?? 0n;
  const [pingtime, minping, pingwait] = [peer.pingMs, peer.pingMinMs, peer.pingWaitMs].map(seconds);
  return {
    id: peer.id,
    addr: formatEndpoint(remote),
    addrbind: formatEndpoint(local),
    network: networkOf(remote.host),
    services: servicesHex(services),
    servicesnames: servicesNames(services),
    relaytxes: greeting?.relay ?? false,
    lastsend: peer.lastSent,
    lastrecv: peer.lastReceived,
    last_transaction: peer.lastTransaction,
    last_block: peer.lastBlock,
    bytessent: peer.sentBytes,
    bytesrecv: peer.receivedBytes,
    conntime: peer.connected,
    timeoffset: greeting?.timeOffsetSeconds ?? 0,
    ...(pingtime === undefined ? {} : { pingtime }),
    ...(minping === undefined ? {} : { minping }),
    ...(pingwait === undefined ? {} : { pingwait }),
    version: greeting?.version ?? 0,
    subver: greeting?.userAgent ?? "",
    inbound: peer.kind === "inbound",
    bip152_hb_to: false,
    bip152_hb_from: false,
    startingheight: greeting?.startHeight ?? -1,
    presynced_headers: -1,
    synced_headers: peer.headersHeight ?? -1,
    synced_blocks: peer.blocksHeight ?? -1,
    inflight: peer.inFlight,
    addr_relay_enabled: true,
    addr_processed: peer.addressesTaken,
    addr_rate_limited: peer.addressesDropped,
    permissions: peer.whitelisted ? ["noban", "download"] : [],
    minfeefilter: 0,
    bytessent_per_msg: peer.sentByCommand,
    bytesrecv_per_msg: peer.receivedByCommand,
    connection_type: TYPES[peer.kind],
    transport_protocol_type: "v1",
    session_id: "",
  };
}

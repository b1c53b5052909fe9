import type { IpNetwork } from "#shared/p2p/ip-address.ts";
import type { Endpoint } from "#shared/ports/transport.ts";

/** What an operator says about connections, read. */
export interface ConnectionSettings {
  /** Where to listen; none: nobody can connect. */
  readonly listen: readonly Endpoint[];
  /** Where others reach this node; told to those that it dials. */
  readonly external: readonly Endpoint[];
  /** Where named, these alone are dialled. */
  readonly connect: readonly Endpoint[];
  /** Dialled besides whoever is found. */
  readonly added: readonly Endpoint[];
  readonly inboundMax: number;
  readonly outboundMax: number;
  readonly banSeconds: number;
  /** Neither banned nor refused. */
  readonly whitelist: readonly IpNetwork[];
  /** At most one peer of each network group. */
  readonly onePerGroup: boolean;
  /** Whether transactions are wanted. */
  readonly relay: boolean;
  /** Whether the clock follows the median of the peers. */
  readonly followPeersTime: boolean;
  readonly userAgent: string;
  /** 0: no limit. */
  readonly uploadBytesPerDay: number;
  /** Names to be asked for addresses when none is known. */
  readonly seeds: readonly string[];
  /** Of the network. */
  readonly portDefault: number;
  /** Whether the network lives on one machine: no source of peers is no fault there. */
  readonly development: boolean;
  /** `host:port` of the outbound proxy, for lists. */
  readonly proxy: string;
  /** A kill costs no more than this of what was learned; an end costs nothing. */
  readonly saveSeconds: number;
}

/** @source exos-l1.md 1.1 and 7.8 */
export const CONNECTION_DEFAULTS = {
  listen: [],
  external: [],
  connect: [],
  added: [],
  inboundMax: 109,
  outboundMax: 16,
  banSeconds: 16_000,
  whitelist: [],
  onePerGroup: true,
  relay: true,
  followPeersTime: true,
  uploadBytesPerDay: 0,
  seeds: [],
  proxy: "",
  /** @source DUMP_PEERS_INTERVAL (Core 28.0) */
  saveSeconds: 900,
} as const satisfies Partial<ConnectionSettings>;

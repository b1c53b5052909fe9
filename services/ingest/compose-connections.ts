import { lookup } from "node:dns/promises";
import { join } from "node:path";
import { openDiskAddressBook } from "#shared/adapters/embedded/disk-address-book.ts";
import { openDiskBanList } from "#shared/adapters/embedded/disk-ban-list.ts";
import { netFaultOf } from "#shared/adapters/embedded/net-fault-of.ts";
import { createSocksTransport } from "#shared/adapters/embedded/socks-transport.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { createTcpTransport } from "#shared/adapters/embedded/tcp-transport.ts";
import type { Network } from "#shared/consensus/params.ts";
import { dialectOf } from "#shared/p2p/dialect.ts";
import { isLoopback, parseIp } from "#shared/p2p/ip-address.ts";
import type { Endpoint, Transport } from "#shared/ports/transport.ts";
import { type Connections, openConnections } from "./connections/connections.ts";
import type { ConnectionDeps } from "./connections/deps.ts";
import { CONNECTION_DEFAULTS, type ConnectionSettings } from "./connections/settings.ts";
import { SEEDS } from "./seeds.ts";

export type { Connections } from "./connections/connections.ts";

/** What the process that embeds this service brings along. */
export type ConnectionShared = Pick<
  ConnectionDeps,
  "clock" | "log" | "metrics" | "openSession" | "height" | "adjustTime"
> & { readonly network: Network };

/** What an operator says about connections; what he leaves out is as `CONNECTION_DEFAULTS`. */
export interface ConnectionOptions {
  /** Of the network; holds `peers.json` and `bans.json`. */
  readonly folder: string;
  readonly settings: Partial<ConnectionSettings> & Pick<ConnectionSettings, "userAgent">;
  /** SOCKS5, for all outbound connections but those to this machine. */
  readonly proxy?: Endpoint | undefined;
  /** Whether names of the network's seeds are asked. */
  readonly askSeeds?: boolean;
  /** Instead of sockets. */
  readonly transport?: Transport;
  /** What the node offers, where it is less than a whole chain. */
  readonly services?: bigint;
}

/**
 * The connections of a node, over sockets, with its addresses and bans on disk.
 *
 * @throws NetFault when it cannot listen; StoreFault when a file is there and cannot be read
 */
export async function composeConnections(
  shared: ConnectionShared,
  options: ConnectionOptions,
): Promise<Connections> {
  const { clock, network } = shared;
  const log = shared.log.module("peers");
  const entropy = createSystemEntropy();
  const development = network.kind === "regtest";
  const setup = { clock, entropy, routableOnly: !development };
  const { book, damaged } = await openDiskAddressBook(join(options.folder, "peers.json"), setup);
  const opened = await openDiskBanList(join(options.folder, "bans.json"), clock);
  if (damaged) log.warn("EXOS-E3007", "peers.json could not be understood");
  if (opened.damaged) log.warn("EXOS-E3007", "bans.json could not be understood");
  const dialect = dialectOf(network);
  const deps: ConnectionDeps = {
    ...shared,
    log,
    transport: options.transport ?? transportOf(options.proxy),
    entropy,
    book,
    bans: opened.bans,
    protocol: { version: dialect.version, services: options.services ?? dialect.services },
    resolve,
  };
  return openConnections(deps, {
    ...CONNECTION_DEFAULTS,
    portDefault: network.ports.p2p,
    development,
    seeds: options.askSeeds === true ? (SEEDS[network.name] ?? []) : [],
    ...options.settings,
  });
}

function transportOf(proxy: Endpoint | undefined): Transport {
  const direct = createTcpTransport();
  if (proxy === undefined) return direct;
  const isDirect = (host: string) => {
    const ip = parseIp(host);
    return host === "localhost" || (ip !== undefined && isLoopback(ip));
  };
  return createSocksTransport({ proxy, direct, isDirect });
}

async function resolve(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch (cause) {
    throw netFaultOf(cause, `ask ${name}`);
  }
}

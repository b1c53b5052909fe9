import type { NetworkAddress } from "#shared/codec/messages/network-address.ts";
import { formatEndpoint } from "#shared/p2p/endpoint-text.ts";
import { IP_BYTES, isLoopback, isRoutable, parseIp } from "#shared/p2p/ip-address.ts";
import type { PeerGreeting } from "#shared/p2p/peer-action.ts";
import type { NetFault } from "#shared/ports/net-fault.ts";
import type { Connection, Endpoint } from "#shared/ports/transport.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { chooseVictim } from "./choose-victim.ts";
import { type ConnectionEntry, connectionEntry } from "./connection-entry.ts";
import type { ConnectionDeps } from "./deps.ts";
import { PeerClock } from "./peer-clock.ts";
import type { ConnectionKind, PeerEnd, PeerIdentity, PeerLink } from "./peer-link.ts";
import { QuietLog } from "./quiet-log.ts";
import { RestTimes } from "./rest-times.ts";
import type { ConnectionSettings } from "./settings.ts";
import { UploadBudget } from "./upload-budget.ts";

/** Slots that peers of older versions leave free. @source exos-l1.md 7.3 */
const CURRENT_VERSION_SLOTS = 3;
const ADDRESSES_MAX = 1_000;
/** Inbound peers that were told to go and have not gone yet. */
const LEAVING_MAX = 8;
/** A connection that lasts no longer has failed, also after a handshake: it is not dialled at once. */
const SHORT_MS = 10_000;
const NODE_NETWORK = 1n;

/** Who is connected: opens a session on each connection and keeps what is known of it. */
export class ConnectionTable {
  readonly #deps: ConnectionDeps;
  readonly #settings: ConnectionSettings;
  readonly #entries = new Map<number, ConnectionEntry>();
  readonly #log: QuietLog;
  readonly #nonce: bigint;
  readonly #closed = { sentBytes: 0, receivedBytes: 0 };
  /** Who waits for an end. */
  readonly #ending = new Map<Connection, () => void>();
  #lastId = 0;
  #stopped = false;
  readonly rests = new RestTimes();
  readonly upload: UploadBudget;
  readonly peerClock = new PeerClock();
  /** What the node's clock was moved by so far. */
  movedSeconds = 0;
  /** Addresses at which this node met itself. */
  readonly selves = new Set<string>();

  constructor(deps: ConnectionDeps, settings: ConnectionSettings) {
    this.#deps = deps;
    this.#settings = settings;
    this.#log = new QuietLog(deps.log, () => deps.clock.elapsedMs());
    this.#nonce = this.#random();
    this.upload = new UploadBudget(settings.uploadBytesPerDay);
  }

  entries(): readonly ConnectionEntry[] {
    return [...this.#entries.values()];
  }

  count(...kinds: readonly ConnectionKind[]): number {
    return this.entries().filter(({ kind }) => kinds.includes(kind)).length;
  }

  isConnected(key: string): boolean {
    return this.entries().some((entry) => entry.key === key);
  }

  /** Whether a group that only one peer may be of has one already. */
  isGroupTaken(ip: Uint8Array, group: string): boolean {
    if (!this.#settings.onePerGroup || !isRoutable(ip)) return false;
    return this.entries().some((entry) => entry.group === group);
  }

  /** Bytes of all connections so far. */
  traffic() {
    const totals = { ...this.#closed };
    for (const { connection } of this.#entries.values()) {
      const { sentBytes, receivedBytes } = connection.traffic();
      totals.sentBytes += sentBytes;
      totals.receivedBytes += receivedBytes;
    }
    return totals;
  }

  /** Take in a connection from outside, or close it. */
  accept(connection: Connection): void {
    const refused = this.#refusal(connection);
    if (refused === undefined) {
      this.open(connection, "inbound");
      return;
    }
    this.#deps.log.debug("an inbound connection was refused", { reason: refused });
    connection.close();
  }

  /** Talk over a connection that stands. */
  open(connection: Connection, kind: ConnectionKind): void {
    const { clock } = this.#deps;
    const at = { id: ++this.#lastId, now: clock.now(), nowMs: clock.elapsedMs() };
    const entry = connectionEntry(connection, kind, at, this.#settings);
    if (this.#stopped) {
      connection.close();
      return;
    }
    this.#entries.set(entry.id, entry);
    entry.session = this.#deps.openSession(this.#linkOf(entry));
    connection.onClose((fault) => this.#closedOf(entry, fault));
    this.#deps.log.debug("a peer is connected", { peer: entry.id, kind, address: entry.key });
  }

  /** Remember when bytes were last seen; whoever lists peers wants to know. */
  observe(before: Map<number, { sentBytes: number; receivedBytes: number }>): void {
    const now = this.#deps.clock.now();
    for (const entry of this.#entries.values()) {
      const traffic = entry.connection.traffic();
      const last = before.get(entry.id);
      if (traffic.sentBytes !== last?.sentBytes) entry.lastSent = now;
      if (traffic.receivedBytes !== last?.receivedBytes) entry.lastReceived = now;
      before.set(entry.id, traffic);
    }
    for (const id of before.keys()) if (!this.#entries.has(id)) before.delete(id);
  }

  /** Close everything that a ban covers. */
  closeBanned(): void {
    for (const { connection, whitelisted } of this.entries()) {
      if (!whitelisted && this.#deps.bans.find(connection.remote) !== undefined) connection.close();
    }
  }

  /** Let nobody in any more and close all; each is given the time of an orderly end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const ends = this.entries().map(
      ({ connection }) =>
        new Promise<void>((resolve) => {
          this.#ending.set(connection, resolve);
          connection.close();
        }),
    );
    await Promise.all(ends);
  }

  #refusal(connection: Connection): string | undefined {
    const { whitelist } = this.#settings;
    const at = { id: 0, now: unixSeconds(0), nowMs: 0 };
    const { ip, group, whitelisted } = connectionEntry(connection, "inbound", at, { whitelist });
    if (whitelisted) return undefined;
    if (this.#deps.bans.find(connection.remote) !== undefined) return "banned";
    if (ip !== undefined && group !== undefined && this.isGroupTaken(ip, group)) {
      return "another peer of this network is connected";
    }
    const inbound = this.entries().filter((entry) => entry.kind === "inbound");
    const leaving = inbound.filter(({ isLeaving }) => isLeaving).length;
    if (inbound.length - leaving < this.#settings.inboundMax) return undefined;
    // Of a network of our own is a load balancer's probe; from the loopback, whoever comes by Tor.
    if (ip !== undefined && !isRoutable(ip) && !isLoopback(ip)) return "no room";
    // Who makes room may take two seconds to go: no more may wait behind them than these few.
    const victim = leaving < LEAVING_MAX ? chooseVictim(this.#candidates()) : undefined;
    const entry = victim && this.#entries.get(victim.id);
    if (entry === undefined) return "no room";
    entry.isLeaving = true;
    this.#deps.log.debug("a peer makes room for another", { peer: entry.id });
    entry.connection.close();
    return undefined;
  }

  #candidates() {
    return this.entries().flatMap((entry) => {
      if (entry.kind !== "inbound" || entry.whitelisted || entry.isLeaving) return [];
      const status = entry.session?.status();
      return {
        id: entry.id,
        group: entry.group ?? entry.key,
        pingMinMs: status?.pingMinMs,
        lastBlock: status?.lastBlock ?? 0,
        lastTransaction: status?.lastTransaction ?? 0,
        connectedAtMs: entry.connectedAtMs,
      };
    });
  }

  #linkOf(entry: ConnectionEntry): PeerLink {
    const { book, clock } = this.#deps;
    const source = entry.ip ?? new Uint8Array(IP_BYTES);
    return {
      id: entry.id,
      connection: entry.connection,
      kind: entry.kind,
      whitelisted: entry.whitelisted,
      identity: this.#identity(entry),
      ready: (greeting) => this.#ready(entry, greeting),
      learned: (addresses) => void book.add(addresses, source),
      addresses: () => book.sample(ADDRESSES_MAX),
      end: (end) => this.#end(entry, end),
      mayUpload: (bytes, recent) =>
        this.upload.take(bytes, { always: recent || entry.whitelisted }, clock.elapsedMs()),
    };
  }

  #identity({ connection, kind, whitelisted }: ConnectionEntry): PeerIdentity {
    const { protocol } = this.#deps;
    const { external, relay, userAgent } = this.#settings;
    const found = kind === "outbound" || kind === "feeler";
    const [own] = external;
    return {
      inbound: connection.inbound,
      services: protocol.services,
      servicesWanted: found ? NODE_NETWORK : 0n,
      userAgent,
      relay,
      nonce: this.#nonce,
      pingNonce: this.#random(),
      local: wireAddress(connection.local, protocol.services),
      remote: wireAddress(connection.remote, found ? NODE_NETWORK : 0n),
      forgiven: whitelisted,
      advertised: own && wireAddress(own, protocol.services),
    };
  }

  #ready(entry: ConnectionEntry, greeting: PeerGreeting): void {
    entry.greeting = greeting;
    const { connection, kind, ip } = entry;
    if (kind !== "inbound") {
      this.rests.succeeded(entry.key);
      const { port } = connection.remote;
      if (ip !== undefined) this.#deps.book.answered({ ip, port, services: greeting.services });
    }
    if (ip !== undefined && !isLoopback(ip)) {
      // The peer was compared with a clock that had been moved already.
      const offsetSeconds = greeting.timeOffsetSeconds + this.movedSeconds;
      this.peerClock.add({
        source: entry.group ?? "",
        offsetSeconds,
        outbound: kind !== "inbound",
      });
    }
    const needless = kind === "outbound" && this.#isNeedless(greeting);
    if (kind === "feeler" || needless) connection.close();
  }

  /** Whether a slot is better kept for somebody else. @source exos-l1.md 7.3 */
  #isNeedless({ startHeight, version }: PeerGreeting): boolean {
    const { outboundMax } = this.#settings;
    const ready = this.entries().filter(({ kind, greeting }) => kind === "outbound" && greeting);
    const full = ready.length > 0.8 * outboundMax;
    if (full && startHeight < this.#deps.height()) return true;
    const current = this.#deps.protocol.version;
    const older = ready.filter(({ greeting }) => greeting && greeting.version < current).length;
    return version < current && older > Math.max(1, outboundMax - CURRENT_VERSION_SLOTS);
  }

  #end(entry: ConnectionEntry, end: PeerEnd): void {
    const { clock, bans, log } = this.#deps;
    const { connection, key, ip, whitelisted } = entry;
    const fields = { peer: entry.id, reason: end.reason };
    log.debug("why a connection ends", { ...fields, address: key, detail: end.detail });
    if (end.reason === "connected to itself" && !connection.inbound) this.selves.add(key);
    if (end.kind === "ban" && !whitelisted && ip !== undefined) {
      const until = unixSeconds(clock.now() + this.#settings.banSeconds);
      bans.ban(isLoopback(ip) ? key : connection.remote.host, until, end.reason);
      this.#log.warn(end.code, "a peer is banned", fields);
      this.closeBanned();
      void bans.save().catch((cause: unknown) => {
        // The ban holds in memory; the disk's own state is told by whoever flushes the stores.
        log.debug("bans were not saved", { err: String(cause) });
      });
    } else {
      this.#log.warn(end.code, "a peer is disconnected", fields);
    }
    connection.close();
  }

  #closedOf(entry: ConnectionEntry, fault: NetFault | undefined): void {
    const { clock, log } = this.#deps;
    const { sentBytes, receivedBytes } = entry.connection.traffic();
    this.#entries.delete(entry.id);
    this.#closed.sentBytes += sentBytes;
    this.#closed.receivedBytes += receivedBytes;
    const nowMs = clock.elapsedMs();
    const short = entry.greeting === undefined || nowMs - entry.connectedAtMs < SHORT_MS;
    if (entry.kind !== "inbound" && entry.kind !== "feeler" && short) {
      const stage = entry.greeting === undefined ? "handshake" : "connecting";
      this.rests.failed(entry.key, stage, nowMs);
    }
    log.debug("a connection is closed", { peer: entry.id, fault: fault?.reason });
    entry.session?.closed();
    this.#ending.get(entry.connection)?.();
    this.#ending.delete(entry.connection);
  }

  #random(): bigint {
    return new DataView(this.#deps.entropy.bytes(8).buffer).getBigUint64(0);
  }
}

/** An endpoint as it is written in messages; a name is no address there. */
function wireAddress({ host, port }: Endpoint, services: bigint): NetworkAddress {
  return { services, ip: parseIp(host) ?? new Uint8Array(IP_BYTES), port };
}

/** The name by which connections, rests and bans know an endpoint. */
export const endpointKey = formatEndpoint;

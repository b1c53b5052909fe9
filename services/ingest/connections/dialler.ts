import { formatIp, isLoopback, networkGroup, parseIp } from "#shared/p2p/ip-address.ts";
import { NetFault } from "#shared/ports/net-fault.ts";
import type { Endpoint } from "#shared/ports/transport.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { type ConnectionTable, endpointKey } from "./connection-table.ts";
import type { ConnectionDeps } from "./deps.ts";
import type { ConnectionKind } from "./peer-link.ts";
import type { ConnectionSettings } from "./settings.ts";

/** Addresses of the book that are looked at for one that may be dialled, and the pause after none. */
const PICKS_MAX = 30;
const SEARCH_PAUSE_MS = 2_000;
/** Dials at once of those that were found; more while nobody is connected. */
const DIALS_MAX = 2;
const DIALS_MAX_ALONE = 8;
const NAMED_DIALS_MAX = 16;
/** @source FEELER_INTERVAL (Bitcoin Core 28.0) */
const FEELER_MS = 120_000;
/** @source exos-l1.md 7.9 */
const SEED_MS = 3_600_000;

/** Who is dialled, when, and what becomes of it. */
export class Dialler {
  readonly #deps: ConnectionDeps;
  readonly #settings: ConnectionSettings;
  readonly #table: ConnectionTable;
  readonly #signal: AbortSignal;
  readonly #dialling = new Map<string, ConnectionKind>();
  readonly #running = new Set<Promise<void>>();
  #feelerAtMs: number;
  #seedAtMs = -SEED_MS;
  #searchAtMs = 0;
  /** Named by the operator, by their text. */
  readonly named: Map<string, Endpoint>;

  constructor(
    deps: ConnectionDeps,
    settings: ConnectionSettings,
    table: ConnectionTable,
    signal: AbortSignal,
  ) {
    this.#deps = deps;
    this.#settings = settings;
    this.#table = table;
    this.#signal = signal;
    this.#feelerAtMs = deps.clock.elapsedMs() + FEELER_MS;
    const first = settings.connect.length > 0 ? settings.connect : settings.added;
    this.named = new Map(first.map((endpoint) => [endpointKey(endpoint), endpoint]));
  }

  /** Whether nodes are dialled that nobody named. */
  get discovers(): boolean {
    return this.#settings.connect.length === 0 && this.#settings.outboundMax > 0;
  }

  /** Begin whatever is due; nothing is waited for. */
  step(): void {
    if (this.#signal.aborted) return;
    this.#dialNamed();
    if (!this.discovers) return;
    this.#askSeeds();
    this.#dialFound();
    this.#dialFeeler();
  }

  /** Dial one endpoint once, unless it is connected or being dialled. */
  dial(endpoint: Endpoint, kind: ConnectionKind): void {
    const key = endpointKey(endpoint);
    if (this.#dialling.has(key) || this.#table.isConnected(key)) return;
    this.#dialling.set(key, kind);
    const run = this.#dial(endpoint, kind).finally(() => {
      this.#dialling.delete(key);
      this.#running.delete(run);
    });
    this.#running.add(run);
  }

  /** Resolves once nothing is being dialled any more. */
  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #dial(endpoint: Endpoint, kind: ConnectionKind): Promise<void> {
    const { transport, book, clock, log } = this.#deps;
    const ip = parseIp(endpoint.host);
    if (ip !== undefined) book.attempted({ ip, port: endpoint.port });
    try {
      this.#table.open(await transport.dial(endpoint, this.#signal), kind);
    } catch (cause) {
      if (!(cause instanceof NetFault)) throw cause;
      const key = endpointKey(endpoint);
      if (cause.reason !== "aborted")
        this.#table.rests.failed(key, "connecting", clock.elapsedMs());
      log.debug("a peer could not be dialled", { address: key, kind, fault: cause.reason });
    }
  }

  #count(...kinds: readonly ConnectionKind[]): number {
    return [...this.#dialling.values()].filter((kind) => kinds.includes(kind)).length;
  }

  #dialNamed(): void {
    const nowMs = this.#deps.clock.elapsedMs();
    for (const [key, endpoint] of this.named) {
      if (this.#count("manual") >= NAMED_DIALS_MAX) return;
      const ip = parseIp(endpoint.host);
      const local = endpoint.host === "localhost" || (ip !== undefined && isLoopback(ip));
      const banned = this.#deps.bans.find(endpoint) !== undefined;
      if (banned || this.#table.selves.has(key)) continue;
      if (this.#table.rests.mayDialNamed(key, local, nowMs)) this.dial(endpoint, "manual");
    }
  }

  #dialFound(): void {
    const nowMs = this.#deps.clock.elapsedMs();
    if (nowMs < this.#searchAtMs) return;
    const wanted = this.#settings.outboundMax - this.#table.count("outbound");
    const atOnce = this.#table.count("outbound", "manual") === 0 ? DIALS_MAX_ALONE : DIALS_MAX;
    for (let free = Math.min(wanted, atOnce) - this.#count("outbound"); free > 0; free--) {
      const endpoint = this.#pick(false);
      if (endpoint === undefined) {
        this.#searchAtMs = nowMs + SEARCH_PAUSE_MS;
        return;
      }
      this.dial(endpoint, "outbound");
    }
  }

  /** When all slots are taken: learn whether one that was told of, or one in doubt, answers. */
  #dialFeeler(): void {
    const nowMs = this.#deps.clock.elapsedMs();
    if (nowMs < this.#feelerAtMs) return;
    if (this.#table.count("outbound") < this.#settings.outboundMax) return;
    this.#feelerAtMs = nowMs + FEELER_MS;
    const doubted = this.#deps.book.contested();
    const endpoint =
      doubted === undefined ? this.#pick(true) : { host: formatIp(doubted.ip), port: doubted.port };
    if (endpoint !== undefined) this.dial(endpoint, "feeler");
  }

  #pick(fresh: boolean): Endpoint | undefined {
    const { book, bans, clock } = this.#deps;
    const nowMs = clock.elapsedMs();
    for (let turn = 0; turn < PICKS_MAX; turn++) {
      const found = book.pick(fresh);
      if (found === undefined) return undefined;
      const endpoint = { host: formatIp(found.ip), port: found.port };
      const key = endpointKey(endpoint);
      const busy = this.#dialling.has(key) || this.#table.isConnected(key);
      const refused = this.#table.selves.has(key) || bans.find(endpoint) !== undefined;
      if (busy || refused || !this.#table.rests.mayDial(key, nowMs)) continue;
      if (fresh || !this.#table.isGroupTaken(found.ip, networkGroup(found.ip))) return endpoint;
    }
    return undefined;
  }

  /** Seeds are only asked when nobody is known and nobody is there. */
  #askSeeds(): void {
    const { book, clock, log } = this.#deps;
    const nowMs = clock.elapsedMs();
    const { told, tried } = book.sizes();
    const known = told + tried > 0 || this.#table.entries().length > 0;
    if (known || nowMs < this.#seedAtMs + SEED_MS) return;
    this.#seedAtMs = nowMs;
    for (const name of this.#settings.seeds) {
      const run = this.#askSeed(name)
        .catch((cause: unknown) => {
          if (!(cause instanceof NetFault)) throw cause;
          log.debug("a seed did not answer", { name, fault: cause.reason });
        })
        .finally(() => this.#running.delete(run));
      this.#running.add(run);
    }
  }

  async #askSeed(name: string): Promise<void> {
    const { book, clock, log } = this.#deps;
    const texts = await this.#deps.resolve(name);
    const time = unixSeconds(clock.now());
    const addresses = texts.slice(0, 256).flatMap((text) => {
      const ip = parseIp(text);
      return ip === undefined ? [] : [{ ip, port: this.#settings.portDefault, services: 1n, time }];
    });
    // Each address speaks for itself, or one seed would share a sixteenth of the book.
    const count = addresses.filter((one) => book.add([one], one.ip) > 0).length;
    log.info("a seed told of nodes", { name, count });
  }
}

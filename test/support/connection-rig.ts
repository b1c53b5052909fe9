import { openConnections } from "#services/ingest/connections/connections.ts";
import type { OpenSession, PeerLink } from "#services/ingest/connections/peer-link.ts";
import {
  CONNECTION_DEFAULTS,
  type ConnectionSettings,
} from "#services/ingest/connections/settings.ts";
import { createManualClock, type ManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { MemoryAddressBook } from "#shared/adapters/embedded/memory-address-book.ts";
import { MemoryBanList } from "#shared/adapters/embedded/memory-ban-list.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createMemoryNet, type MemoryNet } from "#shared/adapters/embedded/memory-transport.ts";
import { createPrometheusMetrics } from "#shared/adapters/embedded/prometheus-metrics.ts";
import { createSeededEntropy } from "#shared/adapters/embedded/seeded-entropy.ts";
import type { PeerGreeting } from "#shared/p2p/peer-action.ts";
import type { Transport } from "#shared/ports/transport.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { seededNumbers } from "./flaky.ts";

export const GREETING: PeerGreeting = {
  version: 70_012,
  services: 1n,
  userAgent: "/test/",
  startHeight: 0,
  relay: true,
  timeOffsetSeconds: 0,
};

/** A world of hosts on one virtual clock. */
export function connectionWorld(seed = 1): { clock: ManualClock; net: MemoryNet } {
  const clock = createManualClock(unixSeconds(1_700_000_000));
  return { clock, net: createMemoryNet({ clock, next: seededNumbers(seed) }) };
}

/** Let half seconds pass, with all that follows from them. */
export async function pass(clock: ManualClock, halfSeconds: number): Promise<void> {
  for (let turn = 0; turn < halfSeconds; turn++) {
    for (let tick = 0; tick < 40; tick++) await Promise.resolve();
    clock.advance(500);
  }
  for (let tick = 0; tick < 40; tick++) await Promise.resolve();
}

/** What a test says about one host. */
export interface HostOptions {
  readonly settings?: Partial<ConnectionSettings>;
  /** What it says of itself. */
  readonly greeting?: Partial<PeerGreeting>;
  readonly height?: number;
  readonly resolve?: (name: string) => Promise<readonly string[]>;
  readonly transport?: Transport;
}

/** A host whose sessions are ready once a byte came from the other side. */
export async function connectionHost(
  { clock, net }: { clock: ManualClock; net: MemoryNet },
  host: string,
  options: HostOptions = {},
) {
  const links: PeerLink[] = [];
  const pinged: number[] = [];
  const adjusted: number[] = [];
  const log = createMemoryLog();
  const metrics = createPrometheusMetrics();
  const entropy = createSeededEntropy(host);
  const book = new MemoryAddressBook({ clock, entropy, routableOnly: true });
  const bans = new MemoryBanList(clock);
  const openSession: OpenSession = (link) => {
    links.push(link);
    const { connection } = link;
    let ready = false;
    connection.onData(() => {
      if (ready) return;
      ready = true;
      if (connection.inbound) connection.write(Uint8Array.of(2));
      link.ready({ ...GREETING, ...options.greeting });
    });
    if (!connection.inbound) connection.write(Uint8Array.of(1));
    return {
      status: () => ({
        stage: ready ? "ready" : "connecting",
        greeting: undefined,
        pingMs: undefined,
        pingMinMs: undefined,
        pingSentAtMs: undefined,
        lastReceivedAtMs: undefined,
        blocksInFlight: 0,
        transactionsInFlight: 0,
        headersAskedAtMs: undefined,
        headersHeight: undefined,
        blocksHeight: undefined,
        inFlight: [],
        lastBlock: unixSeconds(0),
        lastTransaction: unixSeconds(0),
        addressesTaken: 0,
        addressesDropped: 0,
        sentByCommand: {},
        receivedByCommand: {},
      }),
      ping: () => void pinged.push(link.id),
      closed: () => undefined,
    };
  };
  const connections = await openConnections(
    {
      transport: options.transport ?? net.transport(host),
      clock,
      entropy,
      log,
      metrics,
      book,
      bans,
      protocol: { version: 70_012, services: 1n },
      openSession,
      height: () => options.height ?? 0,
      resolve: options.resolve ?? (async () => []),
      adjustTime: (seconds) => void adjusted.push(seconds),
    },
    {
      ...CONNECTION_DEFAULTS,
      listen: [{ host, port: 4_562 }],
      userAgent: "/test/",
      portDefault: 4_562,
      development: false,
      ...options.settings,
    },
  );
  const control = new AbortController();
  const running = connections.run(control.signal);
  return {
    connections,
    peers: connections.peers,
    book,
    bans,
    log,
    metrics,
    links,
    pinged,
    adjusted,
    async stop() {
      control.abort();
      await running;
      await connections[Symbol.asyncDispose]();
    },
  };
}

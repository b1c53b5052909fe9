import type { Peers } from "#shared/ports/peers.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Endpoint, Listener } from "#shared/ports/transport.ts";
import { ConnectionTable } from "./connection-table.ts";
import type { ConnectionDeps } from "./deps.ts";
import { Dialler } from "./dialler.ts";
import { createPeerControl } from "./peer-control.ts";
import type { ConnectionSettings } from "./settings.ts";

/** All connections of one node. Dispose of it to close them and keep what is known of others. */
export interface Connections extends AsyncDisposable {
  readonly peers: Peers;
  /** Where it listens. */
  readonly listening: readonly Endpoint[];
  /** Dial and look after the connections until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
}

const STEP_MS = 500;

/**
 * Listen where the settings say; nothing is dialled before `run`.
 *
 * @throws NetFault "address in use", "address not ours" or "not allowed"
 */
export async function openConnections(
  deps: ConnectionDeps,
  settings: ConnectionSettings,
): Promise<Connections> {
  const { clock, log } = deps;
  const ending = new AbortController();
  const table = new ConnectionTable(deps, settings);
  const dialler = new Dialler(deps, settings, table, ending.signal);
  const stack = new AsyncDisposableStack();
  const listeners: Listener[] = [];
  try {
    for (const endpoint of settings.listen) {
      const accept = table.accept.bind(table);
      listeners.push(stack.use(await deps.transport.listen(endpoint, accept)));
    }
  } catch (cause) {
    await stack.disposeAsync();
    throw cause;
  }
  const listening = listeners.map(({ local }) => local);
  const control = { deps, settings, table, dialler, listening: () => listening };
  const peers = createPeerControl(control);
  const watch = createWatch(deps, settings, table);

  return {
    peers,
    listening,
    async run(signal) {
      if (!peers.network().hasSource && !settings.development) {
        const message = "no source of peers: give --addnode, --connect or --dnsseed";
        log.warn("EXOS-E3006", message);
      }
      let savedMs = clock.elapsedMs();
      while (!signal.aborted) {
        dialler.step();
        watch.step();
        if (clock.elapsedMs() - savedMs >= settings.saveSeconds * 1_000) {
          savedMs = clock.elapsedMs();
          await save(deps);
        }
        await sleepOrStop(clock, STEP_MS, signal);
      }
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await stack.disposeAsync();
      await table.stop();
      await dialler.ended();
      await save(deps);
    },
  };
}

/** Addresses are worth no stop: they stay in memory, and are found again after a loss. */
async function save({ book, bans, log }: ConnectionDeps): Promise<void> {
  try {
    await Promise.all([book.save(), bans.save()]);
  } catch (cause) {
    if (!(cause instanceof StoreFault)) throw cause;
    log.warn(cause.code ?? "EXOS-E1000", "addresses and bans were not saved");
  }
}

/** What is looked at every half second: numbers for operators, and the peers' clocks. */
function createWatch(
  { clock, metrics, bans, log, protocol, adjustTime }: ConnectionDeps,
  settings: ConnectionSettings,
  table: ConnectionTable,
) {
  const seen = new Map<number, { sentBytes: number; receivedBytes: number }>();
  let told = false;
  return {
    step() {
      table.observe(seen);
      const inbound = table.count("inbound");
      const outbound = table.count("outbound", "manual", "feeler");
      const { sentBytes, receivedBytes } = table.traffic();
      metrics.gauge("bitcoin_protocol_version", protocol.version);
      metrics.gauge("bitcoin_peers", inbound + outbound);
      metrics.gauge("bitcoin_conn_in", inbound);
      metrics.gauge("bitcoin_conn_out", outbound);
      metrics.gauge("bitcoin_total_bytes_recv", receivedBytes);
      metrics.gauge("bitcoin_total_bytes_sent", sentBytes);
      const banned = bans.list();
      metrics.gauge("bitcoin_ban_created", Math.max(0, ...banned.map(({ created }) => created)));
      metrics.gauge("bitcoin_banned_until", Math.max(0, ...banned.map(({ until }) => until)));

      const { offsetSeconds, tooFar } = table.peerClock.read();
      if (tooFar && !told) {
        log.warn("EXOS-E3008", "the clock disagrees with the peers", { at: clock.now() });
      }
      told = tooFar;
      if (!settings.followPeersTime || offsetSeconds === table.movedSeconds) return;
      table.movedSeconds = offsetSeconds;
      adjustTime(offsetSeconds);
    },
  };
}

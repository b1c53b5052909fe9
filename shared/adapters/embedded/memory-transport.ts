import type { Clock } from "#shared/ports/clock.ts";
import { NetFault } from "#shared/ports/net-fault.ts";
import type { Connection, Endpoint, Transport } from "#shared/ports/transport.ts";
import { type MemoryLink, memoryPair } from "./memory-connection.ts";

/** What may happen to one message, which is the bytes of one `write`. Each share is 0 to 1. */
export interface NetWeather {
  readonly loss: number;
  readonly duplication: number;
  /** Every message takes from the first to the second number of milliseconds; none overtakes. */
  readonly delayMs: readonly [number, number];
}

/** What a simulated network is made of. */
export interface MemoryNetSetup {
  readonly clock: Clock;
  /** Uniform in [0, 1): all luck of this network, seeded by the caller. */
  readonly next: () => number;
  readonly weather?: NetWeather;
}

/** A network of hosts inside of one process, on a clock that may be virtual. */
export interface MemoryNet {
  /** What one host sees of it. Every `host` that is not a host of this network is unreachable. */
  transport(host: string): Transport;
  /**
   * Change the weather. A message that is lost leaves a hole in the stream, as no real stream has:
   * it stands for a node that answers nothing, and shows whether another is asked.
   */
  setWeather(weather: NetWeather): void;
  /**
   * From here on every message between hosts of different groups is lost, and no connection opens.
   * Nobody is told: connections across the border stay open and silent until somebody gives up.
   */
  cut(groups: readonly (readonly string[])[]): void;
  heal(): void;
  /** How many ends of connections are open. */
  readonly connections: number;
}

const CALM: NetWeather = { loss: 0, duplication: 0, delayMs: [0, 0] };
const DYNAMIC_PORTS = 49_152;
const UNSENT_BYTES_MAX = 32 << 20;

interface Host {
  readonly listeners: Map<number, (connection: Connection) => void>;
  nextPort: number;
}

/** A network without hosts. */
export function createMemoryNet(setup: MemoryNetSetup): MemoryNet {
  const hosts = new Map<string, Host>();
  let weather = setup.weather ?? CALM;
  let groups: readonly (readonly string[])[] = [];
  let connections = 0;
  const separated = (a: string, b: string) => {
    const [left, right] = [a, b].map((name) => groups.findIndex((group) => group.includes(name)));
    return left !== right && left !== -1 && right !== -1;
  };

  const link: MemoryLink = {
    clock: setup.clock,
    unsentBytesMax: UNSENT_BYTES_MAX,
    fate(from, to) {
      if (separated(from.host, to.host)) return [];
      const [least, most] = weather.delayMs;
      const delay = () => least + setup.next() * (most - least);
      if (setup.next() < weather.loss) return [];
      return setup.next() < weather.duplication ? [delay(), delay()] : [delay()];
    },
    opened: () => void connections++,
    closed: () => void connections--,
  };
  const freePort = (host: Host) => {
    while (host.listeners.has(host.nextPort)) host.nextPort++;
    return host.nextPort++;
  };
  const dial = async (from: Endpoint, to: Endpoint, signal: AbortSignal) => {
    const aborted = (cause: unknown) =>
      new NetFault("dialling was given up", { reason: "aborted", cause });
    if (signal.aborted) throw aborted(signal.reason);
    const [delay = 0] = link.fate(from, to);
    if (delay > 0) {
      await setup.clock.sleep(delay, signal).catch((cause: unknown) => {
        throw aborted(cause);
      });
    }
    const accept = hosts.get(to.host)?.listeners.get(to.port);
    if (!hosts.has(to.host) || separated(from.host, to.host)) {
      throw new NetFault("no way to that host", { reason: "unreachable" });
    }
    if (accept === undefined) throw new NetFault("nobody listens there", { reason: "refused" });
    const [near, far] = memoryPair(from, to, link);
    accept(far);
    return near;
  };

  return {
    transport(name) {
      const host = hosts.get(name) ?? { listeners: new Map(), nextPort: DYNAMIC_PORTS };
      hosts.set(name, host);
      return {
        dial: (endpoint, signal) => dial({ host: name, port: freePort(host) }, endpoint, signal),
        async listen(endpoint, accept) {
          if (endpoint.host !== name)
            throw new NetFault("another host", { reason: "address not ours" });
          const port = endpoint.port === 0 ? freePort(host) : endpoint.port;
          if (host.listeners.has(port))
            throw new NetFault("somebody listens", { reason: "address in use" });
          host.listeners.set(port, accept);
          return {
            local: { host: name, port },
            [Symbol.asyncDispose]: async () => void host.listeners.delete(port),
          };
        },
      };
    },
    setWeather(next) {
      weather = next;
    },
    cut(next) {
      groups = next;
    },
    heal() {
      groups = [];
    },
    get connections() {
      return connections;
    },
  };
}

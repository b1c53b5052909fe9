import { parseArgs } from "node:util";
import { parseEndpoint } from "#shared/p2p/endpoint-text.ts";
import type { Endpoint } from "#shared/ports/transport.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";

/** What a task does. */
export type TaskMode = "ingest" | "load" | "health";

/** What the command line of a task says. */
export interface TaskArguments {
  readonly mode: TaskMode;
  /** These alone are dialled, where there are any. */
  readonly connect: readonly Endpoint[];
  /** Where to listen for peers; `undefined`: the port of the network, on every address. */
  readonly listen: Endpoint | undefined;
  /** Of the health door, on the loopback. */
  readonly healthPort: number;
  /** Load: fill a city anew whose chain ended elsewhere. */
  readonly refill: boolean;
  /** Load: publish the city's own set, and load nothing. */
  readonly snapshot: boolean;
  /** Load: judge what the city began with from genesis, and load nothing. */
  readonly replay: boolean;
  /** Load: the bucket whose snapshot the chain begins with, or `genesis`; the city's own unless said. */
  readonly from: string | undefined;
  /** Load: set hash of that snapshot, which an operator vouches for. */
  readonly trust: HashHex | undefined;
}

/** Of no known service, beside the peer port. */
export const HEALTH_PORT = 4_561;
/** Instead of a bucket: nothing is taken, everything is judged. */
export const GENESIS = "genesis";
const MODES: readonly TaskMode[] = ["ingest", "load", "health"];
/** Where a peer's port is not said. */
const PEER_PORT = 4_562;

/**
 * The words after `services/ingest/main.ts`. What they leave open, `EXOS_CONNECT` (of several, with
 * commas) and `EXOS_PORT` of the environment say.
 *
 * @returns a sentence about what is wrong with them
 */
export function parseTaskArguments(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): TaskArguments | string {
  const port = environment["EXOS_PORT"];
  const peers = environment["EXOS_CONNECT"]?.split(",").filter((text) => text !== "") ?? [];
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        connect: { type: "string", multiple: true, default: peers },
        listen: { type: "string", ...(port === undefined ? {} : { default: `[::]:${port}` }) },
        health: { type: "string", default: String(HEALTH_PORT) },
        refill: { type: "boolean", default: false },
        snapshot: { type: "boolean", default: false },
        replay: { type: "boolean", default: false },
        from: { type: "string" },
        trust: { type: "string" },
      },
    });
    const mode = MODES.find((one) => one === positionals[0]);
    if (mode === undefined || positionals.length !== 1) return `say one of ${MODES.join(", ")}`;
    const connect = values.connect.map((text) => parseEndpoint(text, PEER_PORT));
    const listen = values.listen === undefined ? undefined : endpointOrAny(values.listen);
    const healthPort = Number(values.health);
    if (connect.includes(undefined)) return "--connect wants HOST:PORT";
    if (listen === undefined && values.listen !== undefined) return "--listen wants HOST:PORT";
    if (!isPort(healthPort)) return "--health wants a port";
    const only = (["snapshot", "replay"] as const).filter((name) => values[name]);
    if (only.length > 0 && (only.length > 1 || values.refill || values.from !== undefined)) {
      return `--${only[0]} loads nothing: it goes with no --refill, --from or other of its kind`;
    }
    const trust = values.trust === undefined ? undefined : parseHashHex(values.trust);
    if (trust === undefined && values.trust !== undefined) {
      return "--trust wants the 64 hex digits of a set hash";
    }
    if (trust !== undefined && (values.from ?? GENESIS) === GENESIS) {
      return "--trust goes with --from BUCKET";
    }
    return {
      mode,
      connect: connect.filter((endpoint) => endpoint !== undefined),
      listen,
      healthPort,
      refill: values.refill,
      snapshot: values.snapshot,
      replay: values.replay,
      from: values.from,
      trust,
    };
  } catch (cause) {
    // Of unknown options, in the words of Node: they name the option.
    return cause instanceof Error ? cause.message : String(cause);
  }
}

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 0 && port <= 65_535;

/** Port 0 is no port of an endpoint, but one to listen on. */
function endpointOrAny(text: string): Endpoint | undefined {
  const dialable = parseEndpoint(text.replace(/:0$/, ":1"), PEER_PORT);
  return dialable !== undefined && text.endsWith(":0")
    ? { host: dialable.host, port: 0 }
    : dialable;
}

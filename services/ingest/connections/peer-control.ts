import { parseEndpoint } from "#shared/p2p/endpoint-text.ts";
import { parseNetworkOfIps } from "#shared/p2p/ip-address.ts";
import type { NetworkView, PeerChoice, PeerRefusal, Peers } from "#shared/ports/peers.ts";
import type { Endpoint } from "#shared/ports/transport.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";
import type { Result } from "#shared/primitives/result.ts";
import { type ConnectionTable, endpointKey } from "./connection-table.ts";
import type { ConnectionDeps } from "./deps.ts";
import type { Dialler } from "./dialler.ts";
import { peerView } from "./peer-views.ts";
import type { ConnectionSettings } from "./settings.ts";

/** What the control looks at and changes. */
export interface PeerControlDeps {
  readonly deps: ConnectionDeps;
  readonly settings: ConnectionSettings;
  readonly table: ConnectionTable;
  readonly dialler: Dialler;
  listening(): readonly Endpoint[];
}

const DONE = { ok: true, value: undefined } as const;

function refused(reason: PeerRefusal["reason"], message: string): Result<never, PeerRefusal> {
  return { ok: false, error: { reason, code: "EXOS-E3009", message } };
}

/** The connections of a node, for its API. */
export function createPeerControl(given: PeerControlDeps): Peers {
  const { deps, table, dialler } = given;
  const { clock, bans } = deps;
  return {
    list: () => table.entries().map((entry) => peerView(entry, clock.elapsedMs())),
    network: () => networkView(given),
    totals: () => ({ ...table.traffic(), upload: table.upload.state(clock.elapsedMs()) }),
    ...namedNodes(given),
    disconnect: (choice) => disconnect(table, choice, given.settings.portDefault),
    ping() {
      for (const { session } of table.entries()) session?.ping();
    },
    bans: () => bans.list(),
    async ban(subject: string, until: UnixSeconds) {
      if (bans.ban(subject, until, "manually added") === undefined) {
        const endpoint = parseEndpoint(subject, given.settings.portDefault);
        const held = endpoint !== undefined && bans.find(endpoint) !== undefined;
        return held || parseNetworkOfIps(subject) !== undefined
          ? refused("banned already", `${subject} is banned for as long already`)
          : refused("not bannable", `${subject} is no address or network`);
      }
      table.closeBanned();
      await bans.save();
      return DONE;
    },
    async lift(subject) {
      if (!bans.lift(subject)) return refused("not bannable", `${subject} is not banned`);
      await bans.save();
      return DONE;
    },
    async clearBans() {
      bans.clear();
      await bans.save();
    },
  };

  function namedNodes({ settings }: PeerControlDeps): Pick<Peers, "add" | "added" | "remove"> {
    const parse = (text: string) => parseEndpoint(text, settings.portDefault);
    return {
      added: () =>
        [...dialler.named].map(([text, endpoint]) => ({
          text,
          connections: table
            .entries()
            .filter(({ key, greeting }) => key === endpointKey(endpoint) && greeting !== undefined)
            .map(({ connection }) => ({
              remote: connection.remote,
              direction: connection.inbound ? "inbound" : "outbound",
            })),
        })),
      add(text, once) {
        const endpoint = parse(text);
        if (endpoint === undefined) return refused("no endpoint", `${text} is no HOST:PORT`);
        const key = endpointKey(endpoint);
        if (!once && dialler.named.has(key)) {
          return refused("added already", `${text} has been added already`);
        }
        if (!once) dialler.named.set(key, endpoint);
        dialler.dial(endpoint, "manual");
        return DONE;
      },
      remove(text) {
        const endpoint = parse(text);
        const known = endpoint !== undefined && dialler.named.delete(endpointKey(endpoint));
        return known ? DONE : refused("not added", `${text} has not been added`);
      },
    };
  }
}

function disconnect(
  table: ConnectionTable,
  choice: PeerChoice,
  portDefault: number,
): Result<void, PeerRefusal> {
  const chosen = table.entries().filter((entry) => {
    if (choice.kind === "id") return entry.id === choice.id;
    const endpoint = parseEndpoint(choice.text, portDefault);
    return endpoint !== undefined && entry.key === endpointKey(endpoint);
  });
  if (chosen.length === 0) return refused("not connected", "that node is not connected");
  for (const { connection } of chosen) connection.close();
  return DONE;
}

function networkView({ deps, settings, table, dialler, listening }: PeerControlDeps): NetworkView {
  const { told, tried } = deps.book.sizes();
  const named = dialler.named.size > 0;
  const found = dialler.discovers && (told + tried > 0 || settings.seeds.length > 0);
  return {
    protocolVersion: deps.protocol.version,
    userAgent: settings.userAgent,
    services: deps.protocol.services,
    relay: settings.relay,
    timeOffsetSeconds: settings.followPeersTime ? table.peerClock.read().offsetSeconds : 0,
    clockSkewSeconds: table.peerClock.median(),
    listening: listening(),
    external: settings.external,
    proxy: settings.proxy,
    inboundMax: settings.inboundMax,
    outboundMax: settings.outboundMax,
    discovers: dialler.discovers,
    hasSource: named || found,
  };
}

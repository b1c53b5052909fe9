import { formatEndpoint } from "#shared/p2p/endpoint-text.ts";
import { isInNetwork, networkGroup, parseIp } from "#shared/p2p/ip-address.ts";
import type { PeerGreeting } from "#shared/p2p/peer-action.ts";
import type { Connection } from "#shared/ports/transport.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";
import type { ConnectionKind, Session } from "./peer-link.ts";
import type { ConnectionSettings } from "./settings.ts";

/** One connection, as the manager keeps it. */
export interface ConnectionEntry {
  readonly id: number;
  readonly kind: ConnectionKind;
  readonly connection: Connection;
  /** `host:port` of the other side. */
  readonly key: string;
  /** `undefined` where it was dialled by name. */
  readonly ip: Uint8Array | undefined;
  readonly group: string | undefined;
  readonly whitelisted: boolean;
  readonly connected: UnixSeconds;
  readonly connectedAtMs: number;
  session: Session | undefined;
  greeting: PeerGreeting | undefined;
  /** It was told to make room and counts no more. */
  isLeaving: boolean;
  lastSent: UnixSeconds;
  lastReceived: UnixSeconds;
}

/** What is known of a connection at its first moment. */
export function connectionEntry(
  connection: Connection,
  kind: ConnectionKind,
  at: { readonly id: number; readonly now: UnixSeconds; readonly nowMs: number },
  { whitelist }: Pick<ConnectionSettings, "whitelist">,
): ConnectionEntry {
  const ip = parseIp(connection.remote.host);
  return {
    id: at.id,
    kind,
    connection,
    key: formatEndpoint(connection.remote),
    ip,
    group: ip && networkGroup(ip),
    whitelisted:
      ip !== undefined && whitelist.some((network) => isInNetwork(ip, network.ip, network.bits)),
    connected: at.now,
    connectedAtMs: at.nowMs,
    session: undefined,
    greeting: undefined,
    isLeaving: false,
    lastSent: at.now,
    lastReceived: at.now,
  };
}

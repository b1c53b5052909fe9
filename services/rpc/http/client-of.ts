import type { Context } from "hono";
import type { RpcDeps } from "#services/rpc/deps.ts";
import type { ApiEnv } from "#services/rpc/http/finish.ts";
import { CLIENT_HEADER } from "#shared/fleet/edge-stamp.ts";
import { formatIp, type IpBytes, isIpv4, parseIp } from "#shared/p2p/ip-address.ts";

/** Bytes of an IPv6 address that one household has to itself. */
const NETWORK_BYTES = 8;
const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/**
 * Who asks, as far as a limit goes: an IPv4 address, or the first half of an IPv6 one. Behind the
 * edge that is what the edge says, whose stamp was checked; else the other end of the socket.
 *
 * A node does not limit the machine that it runs on. A city that is asked for by name does, also one
 * of a fleet on this machine, as it is everybody's: there 127.0.0.2 and 127.0.0.3 are two clients.
 *
 * @returns `undefined` for whoever is not limited, and without a socket
 * @source interfaces.md 1.3 "rate"
 */
export function clientOf(c: Context<ApiEnv>, { access }: RpcDeps): string | undefined {
  if (access.door !== undefined) return networkOf(c.req.header(CLIENT_HEADER) ?? "");
  const peer = c.env?.peer;
  const isOwn = c.env?.pinned !== true;
  return peer === undefined || (isOwn && LOOPBACK.test(peer)) ? undefined : networkOf(peer);
}

function networkOf(address: string): string {
  const ip = parseIp(address);
  if (ip === undefined) return "unknown";
  return formatIp(isIpv4(ip) ? ip : firstHalf(ip));
}

function firstHalf(ip: IpBytes): IpBytes {
  const half = new Uint8Array(ip.length);
  half.set(ip.subarray(0, NETWORK_BYTES));
  return half;
}

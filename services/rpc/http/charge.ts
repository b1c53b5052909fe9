import type { Context } from "hono";
import type { RpcDeps } from "#services/rpc/deps.ts";
import type { ApiEnv } from "#services/rpc/http/finish.ts";
import { RATE_UNITS_MAX, RATE_UNITS_PER_SECOND } from "#services/rpc/http/rate-limit.ts";
import type { Refusal } from "#services/rpc/problems.ts";
import { CLIENT_HEADER } from "#shared/fleet/edge-stamp.ts";
import { formatIp, type IpBytes, isIpv4, parseIp } from "#shared/p2p/ip-address.ts";

/** Bytes of an IPv6 address that one household has to itself. */
const NETWORK_BYTES = 8;
const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/**
 * Take units from whoever asks.
 * @returns why it is refused: it has too few left
 * @source interfaces.md 1.3 "rate"
 */
export function charge(c: Context<ApiEnv>, units: number, deps: RpcDeps): Refusal | undefined {
  const client = deps.rate === undefined ? undefined : clientOf(c, deps);
  if (client === undefined) return undefined;
  const allowance = deps.rate?.take(client, units);
  if (allowance === undefined) return undefined;
  c.set("allowance", allowance);
  if (allowance.granted) return undefined;
  const { left, waitSeconds } = allowance;
  const detail =
    `This costs ${units} units and ${left} are left to you: ` +
    `${RATE_UNITS_PER_SECOND} come back each second, up to ${RATE_UNITS_MAX}`;
  return { code: "EXOS-E4290", detail, retryAfterSeconds: waitSeconds };
}

/**
 * Who asks, as far as a limit goes: an IPv4 address, or the first half of an IPv6 one. Behind the
 * edge that is what the edge says, whose stamp was checked; else the other end of the socket.
 * @returns `undefined` for this machine, and without a socket
 */
function clientOf(c: Context<ApiEnv>, { access }: RpcDeps): string | undefined {
  if (access.door !== undefined) return networkOf(c.req.header(CLIENT_HEADER) ?? "");
  const peer = c.env?.peer;
  return peer === undefined || LOOPBACK.test(peer) ? undefined : networkOf(peer);
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

import { formatIp, parseIp } from "#shared/p2p/ip-address.ts";

/** An address or a name, and a port. */
interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

const NAME =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?$/;

/** A host as everything here compares it: addresses in their shortest form, names in lower case. */
function plainHost(text: string): string | undefined {
  const ip = parseIp(text);
  if (ip !== undefined) return formatIp(ip);
  const name = text.toLowerCase();
  // What looks like a number is a mistyped address, never a name.
  return NAME.test(name) && !/^[\d.]+$/.test(name) ? name : undefined;
}

/**
 * `host`, `host:port`, `[IPv6]:port` or a bare IPv6 address.
 * @param portDefault where none is written
 * @returns `undefined` for what is none of them
 */
export function parseEndpoint(text: string, portDefault: number): HostAndPort | undefined {
  const bare = parseIp(text) === undefined ? undefined : text;
  const parts = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text);
  const host = plainHost(bare ?? parts?.[1] ?? parts?.[2] ?? "");
  const written = bare === undefined ? parts?.[3] : undefined;
  const port = written === undefined ? portDefault : Number(written);
  if (host === undefined || port < 1 || port > 65_535) return undefined;
  return { host, port };
}

/** `host:port`, an IPv6 address in brackets. */
export function formatEndpoint({ host, port }: HostAndPort): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

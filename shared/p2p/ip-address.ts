import { Reader } from "#shared/codec/reader.ts";

/** Sixteen bytes; an IPv4 address is the last four, behind ten zeros and two times ff. */
export type IpBytes = Uint8Array;

export const IP_BYTES = 16;
const V4_OFFSET = 12;
const V4_PREFIX = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);
const GROUPS = 8;

/** Whether sixteen bytes stand for an IPv4 address. */
export function isIpv4(ip: IpBytes): boolean {
  return V4_PREFIX.every((byte, at) => ip[at] === byte);
}

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split(".");
  const right = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part));
  const numbers = parts.map(Number);
  return right && numbers.every((number) => number < 256) ? numbers : undefined;
}

/** Groups of sixteen bits between colons. @param last may be an IPv4 address */
function parseGroups(text: string, { last }: { readonly last: boolean }): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const tail = last ? parseIpv4(parts.at(-1) ?? "") : undefined;
  const plain = tail === undefined ? parts : parts.slice(0, -1);
  if (!plain.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  const groups = plain.map((part) => Number.parseInt(part, 16));
  if (tail === undefined) return groups;
  const [a = 0, b = 0, c = 0, d = 0] = tail;
  return [...groups, (a << 8) | b, (c << 8) | d];
}

function bytesOfGroups(groups: readonly number[]): IpBytes {
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/**
 * An address as it is written, without brackets, port or zone.
 * @returns `undefined` for a name, and whatever else is no address
 * @source RFC 4291, 2.2
 */
export function parseIp(text: string): IpBytes | undefined {
  const v4 = parseIpv4(text);
  if (v4 !== undefined) return Uint8Array.of(...V4_PREFIX, ...v4);
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [first = "", second = ""] = halves;
  const head = parseGroups(first, { last: halves.length === 1 });
  const tail = parseGroups(second, { last: true });
  if (head === undefined || tail === undefined) return undefined;
  const missing = GROUPS - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return bytesOfGroups([...head, ...Array<number>(missing).fill(0), ...tail]);
}

/** As short as it can be written, in lower case. @source RFC 5952, 4 */
export function formatIp(ip: IpBytes): string {
  if (isIpv4(ip)) return ip.subarray(V4_OFFSET).join(".");
  const reader = new Reader(ip);
  const groups = Array.from({ length: GROUPS }, () => reader.u16be().toString(16));
  // The longest run of zeros, the first of equals; a single one is written out.
  const runs = [...groups.join(":").matchAll(/\b0(?::0\b)+/g)];
  const longest = runs.reduce((most, run) => Math.max(most, run[0].length), 0);
  const run = runs.find((one) => one[0].length === longest);
  if (run === undefined) return groups.join(":");
  const text = groups.join(":");
  const before = text.slice(0, run.index).replace(/:$/, "");
  const after = text.slice(run.index + longest).replace(/^:/, "");
  return `${before}::${after}`;
}

/** This machine speaking to itself. */
export function isLoopback(ip: IpBytes): boolean {
  if (isIpv4(ip)) return ip[V4_OFFSET] === 127;
  return ip.every((byte, at) => byte === (at === IP_BYTES - 1 ? 1 : 0));
}

/** Whether the first bits of an address are those of a network. @param bits 0 to 128 */
export function isInNetwork(ip: IpBytes, network: IpBytes, bits: number): boolean {
  return ip.every((byte, at) => {
    const mask = 0xff & (0xff00 >> Math.min(8, Math.max(0, bits - 8 * at)));
    return (byte & mask) === ((network[at] ?? 0) & mask);
  });
}

/** A network as `address` or `address/bits`. */
export interface IpNetwork {
  readonly ip: IpBytes;
  /** Of the sixteen bytes: 128 is one address, also of IPv4. */
  readonly bits: number;
}

/** @returns `undefined` for what is no network; bits behind the mask are ignored */
export function parseNetworkOfIps(text: string): IpNetwork | undefined {
  const [address = "", mask, ...more] = text.split("/");
  const ip = parseIp(address);
  if (ip === undefined || more.length > 0) return undefined;
  if (mask === undefined) return { ip, bits: 8 * IP_BYTES };
  if (!/^\d{1,3}$/.test(mask)) return undefined;
  const bits = Number(mask) + (isIpv4(ip) ? 8 * V4_OFFSET : 0);
  return bits <= 8 * IP_BYTES ? { ip, bits } : undefined;
}

const networks = (...texts: readonly string[]) =>
  texts.flatMap((text) => parseNetworkOfIps(text) ?? []);

/** Ranges of IPv4 that no node on the Internet has. @source RFC 6890 */
const V4_UNROUTABLE = networks(
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.2.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
);
/** All that was given out of IPv6, and what of it no node has. */
const V6_ROUTABLE = networks("2000::/3");
const V6_UNROUTABLE = networks("2001:10::/28", "2001:20::/28", "2001:db8::/32");

const within = (ip: IpBytes, ranges: readonly IpNetwork[]) =>
  ranges.some((range) => isInNetwork(ip, range.ip, range.bits));

/**
 * Whether an address can be that of a node on the Internet.
 * @source CNetAddr::IsRoutable (Bitcoin Core 28.0); RFC 6890
 */
export function isRoutable(ip: IpBytes): boolean {
  if (isIpv4(ip)) return !within(ip, V4_UNROUTABLE);
  return within(ip, V6_ROUTABLE) && !within(ip, V6_UNROUTABLE);
}

/**
 * The part of an address that one owner can hardly have many of: the first 16 bits of IPv4, 32 of
 * IPv6. Each address that is not routable is a group of its own.
 * @source exos-l1.md 7.3; NetGroupManager::GetGroup (Bitcoin Core 28.0)
 */
export function networkGroup(ip: IpBytes): string {
  if (!isRoutable(ip)) return formatIp(ip);
  if (isIpv4(ip)) return `${ip[V4_OFFSET]}.${ip[V4_OFFSET + 1]}`;
  return formatIp(Uint8Array.from(ip, (byte, at) => (at < 4 ? byte : 0)));
}

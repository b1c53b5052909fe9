import { bytesToHex } from "@noble/hashes/utils.js";
import { decodeHeaders, decodeProvenHeaders } from "#shared/codec/messages/headers.ts";
import { decodeInventory, encodeInventory } from "#shared/codec/messages/inventory.ts";
import { decodeLocator, encodeVersionedLocator } from "#shared/codec/messages/locator.ts";
import { decodeAddresses, encodeAddresses } from "#shared/codec/messages/network-address.ts";
import { decodeReject } from "#shared/codec/messages/reject-message.ts";
import {
  decodeVersion,
  encodeVersion,
  type VersionMessage,
} from "#shared/codec/messages/version-message.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { type Hash256, type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex, zeroHash } from "#shared/primitives/hash.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { ipv4, type SentMessage } from "./peer-driver.ts";
import type { ServedChain } from "./served-chain.ts";

/** A message of the recorder: a payload under a command, or bytes as they are. */
export type Sent = { readonly cmd: string; readonly hex: string } | { readonly raw: string };

/** A message as the recording describes it. */
export interface Described {
  readonly cmd: string;
  readonly len: number;
  readonly what: unknown;
}

function decodedOf<T>(decoded: Result<T, Error>): T {
  if (!decoded.ok) throw decoded.error;
  return decoded.value;
}

/** What the recorder says at first, with the version that an experiment's name gives it. */
export function recorderVersion(name: string): VersionMessage {
  const version = /version (\d{5})/.exec(name)?.[1] ?? "70012";
  return {
    version: Number(version),
    services: name.endsWith("services 0") ? 0n : 1n,
    time: 1_526_431_697n,
    receiver: ipv4("127.0.0.1", 26_100),
    sender: ipv4("127.0.0.1"),
    nonce: 0x0102030405060708n,
    userAgent: "exos-recorder:0.1",
    startHeight: 0,
    relay: true,
  };
}

function inventory(count: number, type: number, hash: Hash256): string {
  return bytesToHex(encodeInventory(Array.from({ length: count }, () => ({ type, hash }))));
}

const addresses = (count: number) =>
  bytesToHex(
    encodeAddresses(
      Array.from({ length: count }, (_, index) => ({
        ...ipv4(`10.1.${index >> 8}.${index & 0xff}`),
        time: unixSeconds(1_526_431_000),
      })),
    ),
  );

const ping = (byte: string): Sent => ({ cmd: "ping", hex: byte.repeat(8) });

const { wire } = exosRegtest.consensus;

/** A transaction of the chain: what was offered to the reference's pool is not recorded. */
function transactionOf(chain: ServedChain, at: number): HashedTransaction {
  const [coinbase] = chain.block(at).transactions;
  if (coinbase === undefined) throw new RangeError(`block ${at} is empty`);
  return coinbase;
}

const offered = (chain: ServedChain, at = 600): Sent => ({
  cmd: "tx",
  hex: bytesToHex(transactionOf(chain, at).raw),
});

/** What the recorder sent where the recording does not say so, by the experiment's name. */
const SENT_BY_NAME: Readonly<Record<string, (chain: ServedChain) => readonly Sent[]>> = {
  "handshake: version sent twice": () => [
    { cmd: "version", hex: bytesToHex(encodeVersion(recorderVersion(""))) },
  ],
  "getblocks: genesis": (chain) => {
    const locator = { version: 70_012, hashes: [chain.hash(0)], stop: zeroHash() };
    return [
      { cmd: "getblocks", hex: bytesToHex(encodeVersionedLocator(locator)) },
      { cmd: "getdata", hex: inventory(1, 2, chain.hash(500)) },
    ];
  },
  "getdata: confirmed transaction": (chain) => [
    { cmd: "getdata", hex: inventory(1, 1, transactionOf(chain, 600).txid) },
    ping("0b"),
  ],
  "addr: 1000 entries": () => [{ cmd: "addr", hex: addresses(1000) }],
  "addr: 1001 entries": () => [{ cmd: "addr", hex: addresses(1001) }],
  // Nothing came back, so they were of something that the node had.
  "inv: 50000 entries": (chain) => [{ cmd: "inv", hex: inventory(50_000, 2, chain.hash(1)) }],
  "inv: 50001 entries": (chain) => [{ cmd: "inv", hex: inventory(50_001, 2, chain.hash(1)) }],
  "tx: sent unasked, valid": (chain) => [offered(chain)],
  "tx: announced with inv first": (chain) => [
    { cmd: "inv", hex: inventory(1, 1, fromHashHex(ANNOUNCED)) },
    offered(chain),
  ],
  "tx: child first, then parent (orphan handling)": (chain) => [
    offered(chain),
    offered(chain, 599),
  ],
  "tx: invalid signature": (chain) => [offered(chain)],
  "tx: garbage payload": () => [{ cmd: "tx", hex: "ff".repeat(40) }],
  "block: unsolicited": (chain) => [{ cmd: "block", hex: bytesToHex(chain.raw(3100)) }, ping("0e")],
};

/** Of "tx: announced with inv first": what the reference then asked for. */
const ANNOUNCED = "1a9cad13a926331d14b93d8b64a130d7758f9a9bf314759896c71b94175f7c51" as HashHex;

/** What the recorder sent after the handshake; nothing where the name speaks of nothing. */
export function sentByName(name: string, chain: ServedChain): readonly Sent[] {
  return SENT_BY_NAME[name]?.(chain) ?? [];
}

/** What is determined of a message: times, nonces and ports are left out. */
export function describeMessage({ command, payload }: SentMessage): Described {
  const what = DESCRIBE[command]?.(payload) ?? bytesToHex(payload);
  return { cmd: command, len: payload.length, what };
}

/** The recorder's own description, as far as it is determined. */
export function describeRecorded({ cmd, len, what }: Described): Described {
  const described = DETERMINED[cmd]?.(what) ?? what;
  return { cmd, len, what: described };
}

const DETERMINED: Readonly<Record<string, (what: unknown) => unknown>> = {
  version: (what) => {
    const { version, services, agent, height, relay } = what as Record<string, unknown>;
    return { version, services, agent, height, relay };
  },
  ping: () => "a nonce",
  block: (what) => (typeof what === "string" ? { bytes: what.length / 2 } : what),
};

const DESCRIBE: Readonly<Record<string, (payload: Uint8Array) => unknown>> = {
  version: (payload) => {
    const { version, services, userAgent, startHeight, relay } = decodedOf(decodeVersion(payload));
    return {
      version,
      services: `${services}`,
      agent: userAgent,
      height: startHeight,
      relay: relay === true ? 1 : 0,
    };
  },
  ping: () => "a nonce",
  getprovhdr: (payload) => {
    const { hashes, stop } = decodedOf(decodeLocator(payload));
    return {
      locator: hashes.length,
      first: toHashHex(hashes[0] ?? zeroHash()),
      stop: toHashHex(stop),
    };
  },
  headers: (payload) => ({
    n: decodedOf(decodeHeaders(payload, wire)).length,
    bytes: payload.length,
  }),
  provhdr: (payload) => {
    const headers = decodedOf(decodeProvenHeaders(payload, wire));
    const [first] = headers;
    const from = first === undefined ? {} : { firstPrev: toHashHex(first.header.prev) };
    return { n: headers.length, bytes: payload.length, ...from };
  },
  block: (payload) => ({ bytes: payload.length }),
  inv: describeInventory,
  getdata: describeInventory,
  addr: (payload) =>
    decodedOf(decodeAddresses(payload)).map(({ time, services, ip, port }) => ({
      time,
      services: `${services}`,
      ip: bytesToHex(ip),
      port,
    })),
  reject: (payload) => {
    const { message, code, reason } = decodedOf(decodeReject(payload));
    return { message, code, reason };
  },
};

function describeInventory(payload: Uint8Array): unknown {
  const items = decodedOf(decodeInventory(payload)).map(({ type, hash }) => [
    type,
    toHashHex(hash),
  ]);
  return { n: items.length, first: items[0], last: items.at(-1) };
}

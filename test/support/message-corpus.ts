import { readFileSync } from "node:fs";
import { hexToBytes } from "@noble/hashes/utils.js";
import { encodeHeaders, encodeProvenHeaders } from "#shared/codec/messages/headers.ts";
import { encodeInventory } from "#shared/codec/messages/inventory.ts";
import { encodeLocator, encodeVersionedLocator } from "#shared/codec/messages/locator.ts";
import { encodeAddresses } from "#shared/codec/messages/network-address.ts";
import { encodePing } from "#shared/codec/messages/ping.ts";
import { encodeReject } from "#shared/codec/messages/reject-message.ts";
import { encodeVersion } from "#shared/codec/messages/version-message.ts";
import type { Network } from "#shared/consensus/params.ts";
import { dialectOf } from "#shared/p2p/dialect.ts";
import { payloadLimits } from "#shared/p2p/message-limits.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import { ipv4 } from "./peer-driver.ts";
import type { ServedChain } from "./served-chain.ts";
import { vectorsPath } from "./vectors.ts";

/** Real payloads of every command of a network. */
export interface MessageCorpus {
  readonly network: Network;
  readonly chain: ServedChain;
  /** Height of its last block. */
  readonly tip: number;
  readonly payloads: ReadonlyMap<string, readonly Uint8Array[]>;
}

const NOTHING = new Uint8Array(0);
const WITNESS = 2 ** 30;

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** What another node says first. */
export function versionPayload(
  { network }: Pick<MessageCorpus, "network">,
  at: number,
): Uint8Array {
  const { version, services } = dialectOf(network);
  return encodeVersion({
    version,
    services,
    time: 1_526_431_697n,
    receiver: ipv4("127.0.0.1", 26_100),
    sender: ipv4("127.0.0.1"),
    nonce: 0x0102030405060708n,
    userAgent: "/fuzz:1/",
    startHeight: at,
    relay: true,
  });
}

/** Headers from a height up, under the command that carries them. */
export function headersPayload(
  { network, chain }: Pick<MessageCorpus, "network" | "chain">,
  heights: readonly number[],
  proven: boolean,
): Uint8Array {
  if (proven) return encodeProvenHeaders(heights.map((at) => chain.proven(at)));
  const headers = heights.map((at) => chain.block(at).header);
  return encodeHeaders(headers, network.consensus.wire);
}

/** What the recorder and the reference said to each other, where it is whole. */
function recorded(command: string): Uint8Array[] {
  const path = vectorsPath("exos-regtest/transcript.jsonl");
  if (path === undefined) return [];
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return lines.flatMap((line) => {
    const { cmd, hex, sha256 } = JSON.parse(line);
    return cmd === command && sha256 === undefined ? [hexToBytes(hex)] : [];
  });
}

function inventories(chain: ServedChain, heights: readonly number[], witness: boolean) {
  const bit = witness ? WITNESS : 0;
  const blocks = (count: number) =>
    heights.slice(0, count).map((at) => ({ type: bit + 2, hash: chain.hash(at) }));
  const txs = heights.flatMap((at) =>
    chain.block(at).transactions.map(({ txid }) => ({ type: bit + 1, hash: txid })),
  );
  return [blocks(1), blocks(16), blocks(128), txs.slice(0, 1), txs.slice(0, 64)].map(
    encodeInventory,
  );
}

/**
 * Payloads made of a recorded chain, with those that were recorded.
 *
 * @param heights of the blocks they are made of, in order
 */
export function messageCorpus(
  network: Network,
  chain: ServedChain,
  heights: readonly number[],
): MessageCorpus {
  const dialect = dialectOf(network);
  const first = heights[0] ?? 0;
  const last = heights.at(-1) ?? 0;
  const locators = [last, first, 0].map((at) => ({
    hashes: chain.locator(at),
    stop: zeroHash(),
  }));
  const versioned = locators.map((at) =>
    encodeVersionedLocator({ ...at, version: dialect.version }),
  );
  const addresses = [1, 10, 1_000].map((count) =>
    encodeAddresses(
      range(0, count).map((at) => ({
        ...ipv4(`10.${at % 7}.${at >> 8}.${at & 0xff}`),
        time: unixSeconds(1_526_431_000 + at),
      })),
    ),
  );
  const runs = [1, 2, 30].map((count) => heights.slice(-count));
  const all: Readonly<Record<string, readonly Uint8Array[]>> = {
    version: [versionPayload({ network }, 0), versionPayload({ network }, last)],
    verack: [NOTHING],
    ping: [encodePing(1n), NOTHING],
    pong: [encodePing(1n)],
    getaddr: [NOTHING],
    addr: addresses,
    sendheaders: [NOTHING],
    getheaders: versioned,
    headers: runs.map((run) => headersPayload({ network, chain }, run, false)),
    getblocks: versioned,
    inv: inventories(chain, heights, false),
    getdata: inventories(chain, heights, dialect.witness),
    notfound: inventories(chain, heights, false),
    block: heights.map((at) => chain.raw(at)),
    tx: heights.flatMap((at) => chain.block(at).transactions.map(({ raw }) => raw)),
    mempool: [NOTHING],
    reject: [
      encodeReject({ message: "tx", code: 16, reason: "bad-txns", hash: chain.hash(first) }),
      encodeReject({ message: "version", code: 17, reason: "Duplicate", hash: undefined }),
    ],
    getprovhdr: locators.map(encodeLocator),
    provhdr:
      dialect.provenVersion === undefined
        ? []
        : runs.map((run) => headersPayload({ network, chain }, run, true)),
  };
  const commands = [...payloadLimits(dialect).keys()];
  const isExos = dialect.provenVersion !== undefined;
  const payloads = new Map(
    commands.map((name) => [name, [...(all[name] ?? []), ...(isExos ? recorded(name) : [])]]),
  );
  return { network, chain, tip: last, payloads };
}

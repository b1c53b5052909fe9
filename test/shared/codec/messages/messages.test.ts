import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { hashHeader } from "#shared/codec/header.ts";
import {
  decodeFrameHead,
  encodeFrame,
  FRAME_HEAD_BYTES,
  isIntact,
  PAYLOAD_BYTES_MAX,
} from "#shared/codec/messages/frame.ts";
import {
  decodeHeaders,
  decodeProvenHeaders,
  encodeHeaders,
  encodeProvenHeaders,
} from "#shared/codec/messages/headers.ts";
import { decodeInventory, encodeInventory } from "#shared/codec/messages/inventory.ts";
import {
  decodeLocator,
  decodeVersionedLocator,
  encodeLocator,
  encodeVersionedLocator,
  locatorHeights,
} from "#shared/codec/messages/locator.ts";
import { decodeAddresses, encodeAddresses } from "#shared/codec/messages/network-address.ts";
import { decodePing, encodePing } from "#shared/codec/messages/ping.ts";
import { decodeReject, encodeReject } from "#shared/codec/messages/reject-message.ts";
import { decodeVersion, encodeVersion } from "#shared/codec/messages/version-message.ts";
import { provenHeaderOf } from "#shared/codec/proven-header.ts";
import type { DecodeFault } from "#shared/codec/reader.ts";
import { type Hash256, height, unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex, zeroHash } from "#shared/primitives/hash.ts";
import type { Result } from "#shared/primitives/result.ts";
import { loadChain } from "../../../support/chain-file.ts";
import { reportVectors } from "../../../support/vector-report.ts";
import { loadVectors } from "../../../support/vectors.ts";
import { BITCOIN_WIRE, EXOS_WIRE } from "../../../support/wires.ts";

interface Vectors {
  readonly p2pMessagesStratisMagic: {
    readonly cases: readonly { raw: string; command: string; length: number }[];
  };
  readonly headersPayload: { readonly payload: string; readonly headers: readonly string[] };
  readonly locatorHeights: { readonly cases: readonly { tip: number; heights: number[] }[] };
}

const vectors = loadVectors<Vectors>("exos-vectors.json");

function unwrap<T>(result: Result<T, DecodeFault>): T {
  if (!result.ok) throw result.error;
  return result.value;
}

/** What each command's payload becomes when it is read and written again. */
const REWRITE: Readonly<Record<string, (payload: Uint8Array) => Uint8Array>> = {
  version: (payload) => encodeVersion(unwrap(decodeVersion(payload))),
  verack: (payload) => payload,
  addr: (payload) => encodeAddresses(unwrap(decodeAddresses(payload))),
  reject: (payload) => encodeReject(unwrap(decodeReject(payload))),
};

describe("messages of the reference", () => {
  it.skipIf(vectors === undefined)("are read and written back, byte for byte", () => {
    const cases = vectors?.p2pMessagesStratisMagic.cases ?? [];
    for (const { raw, command, length } of cases) {
      const bytes = hexToBytes(raw);
      const payload = bytes.subarray(bytes.length - length);
      const again = REWRITE[command]?.(payload) ?? new Uint8Array(0);
      expect(bytesToHex(again), command).toBe(bytesToHex(payload));
      const framed = encodeFrame(bytes.subarray(0, 4), command, again);
      const head = unwrap(decodeFrameHead(framed));
      expect(head).toMatchObject({ command, length });
      expect(isIntact(head, again)).toBe(true);
      // One of them is older than 60,002, when messages had no checksum yet.
      const checked = bytes.length - length === FRAME_HEAD_BYTES;
      if (checked) expect(bytesToHex(framed), command).toBe(raw);
      else expect(bytesToHex(framed.subarray(0, 20))).toBe(raw.slice(0, 40));
    }
    reportVectors({ name: "exos-vectors.json#p2pMessagesStratisMagic", run: cases.length });
  });

  it.skipIf(vectors === undefined)("carry two zeros after each header", () => {
    const { payload, headers } = vectors?.headersPayload ?? { payload: "00", headers: [] };
    const decoded = unwrap(decodeHeaders(hexToBytes(payload), EXOS_WIRE));
    expect(decoded.map((header) => toHashHex(hashHeader(header, EXOS_WIRE)))).toEqual(headers);
    expect(bytesToHex(encodeHeaders(decoded, EXOS_WIRE))).toBe(payload);
    const shorter = encodeHeaders(decoded, BITCOIN_WIRE);
    expect(shorter).toHaveLength(1 + 81 * headers.length);
    expect(unwrap(decodeHeaders(shorter, BITCOIN_WIRE))).toEqual(decoded);
    reportVectors({ name: "exos-vectors.json#headersPayload", run: headers.length });
  });

  it.skipIf(vectors === undefined)("name their locators' heights", () => {
    const cases = vectors?.locatorHeights.cases ?? [];
    for (const { tip, heights } of cases) {
      expect(locatorHeights(height(tip)), `tip ${tip}`).toEqual(heights);
    }
    reportVectors({ name: "exos-vectors.json#locatorHeights", run: cases.length });
  });

  const chain = loadChain("stratis/blk0001.dat", 4);
  it.skipIf(chain === undefined)("announce proven headers", () => {
    const proven = (chain?.slice(940, 945) ?? []).flatMap(
      (bytes) => provenHeaderOf(unwrap(decodeBlock(bytes, EXOS_WIRE))) ?? [],
    );
    expect(proven).toHaveLength(5);
    const payload = encodeProvenHeaders(proven);
    expect(unwrap(decodeProvenHeaders(payload, EXOS_WIRE))).toEqual(proven);
    expect(decodeProvenHeaders(payload.subarray(0, -1), EXOS_WIRE)).toMatchObject({ ok: false });
  });
});

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes as Hash256);
const u32 = fc.nat(0xffff_ffff);
const u64 = fc.bigInt(0n, 2n ** 64n - 1n);
const text = fc
  .uint8Array({ maxLength: 300 })
  .map((bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const address = fc.record({
  services: u64,
  ip: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  port: fc.nat(0xffff),
});

/** Copies every view, so that equality does not look at the buffer behind it. */
const detached = <T>(value: T): T => structuredClone(value);

describe("payloads", () => {
  it("come back as they were written", () => {
    const locator = fc.record({ hashes: fc.array(hash), stop: hash });
    const rows = fc.record({
      addresses: fc.array(
        fc.tuple(u32, address).map(([time, rest]) => ({ time: unixSeconds(time), ...rest })),
      ),
      items: fc.array(fc.record({ type: u32, hash })),
      locator,
      versioned: fc.tuple(u32, locator).map(([version, rest]) => ({ version, ...rest })),
      nonce: u64,
      reject: fc.record({
        message: text.filter((message) => message !== "tx" && message !== "block"),
        code: fc.nat(0xff),
        reason: text,
        hash: fc.constant(undefined),
      }),
      rejectTx: fc.record({
        message: fc.constantFrom("tx", "block"),
        code: fc.nat(0xff),
        reason: text,
        hash,
      }),
      version: fc.record({
        version: fc.integer({ min: 70_001, max: 0xffff_ffff }),
        services: u64,
        time: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
        receiver: address,
        sender: address,
        nonce: u64,
        userAgent: text,
        startHeight: fc.integer(),
        relay: fc.boolean(),
      }),
    });
    fc.assert(
      fc.property(rows, (row) => {
        expect(
          detached({
            addresses: unwrap(decodeAddresses(encodeAddresses(row.addresses))),
            items: unwrap(decodeInventory(encodeInventory(row.items))),
            locator: unwrap(decodeLocator(encodeLocator(row.locator))),
            versioned: unwrap(decodeVersionedLocator(encodeVersionedLocator(row.versioned))),
            nonce: unwrap(decodePing(encodePing(row.nonce))),
            reject: unwrap(decodeReject(encodeReject(row.reject))),
            rejectTx: unwrap(decodeReject(encodeReject(row.rejectTx))),
            version: unwrap(decodeVersion(encodeVersion(row.version))),
          }),
        ).toEqual(row);
      }),
      { numRuns: 50 },
    );
  });

  it("make no decoder throw, whatever they are", () => {
    const decoders = [
      decodeAddresses,
      decodeInventory,
      decodeLocator,
      decodeVersionedLocator,
      decodePing,
      decodeReject,
      decodeVersion,
      decodeFrameHead,
      (bytes: Uint8Array) => decodeHeaders(bytes, BITCOIN_WIRE),
      (bytes: Uint8Array) => decodeHeaders(bytes, EXOS_WIRE),
      (bytes: Uint8Array) => decodeProvenHeaders(bytes, EXOS_WIRE),
    ];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        for (const decode of decoders) decode(noise);
      }),
    );
    const huge = new Uint8Array(1_048_600);
    huge.set([0xfe, 0, 0, 0x10, 0]);
    expect(unwrap(decodeReject(huge)).message).toHaveLength(1_048_576);
  });

  it("hold 50,000 inventory items and no more", () => {
    const items = (count: number) =>
      encodeInventory(Array.from({ length: count }, () => ({ type: 2, hash: zeroHash() })));
    expect(decodeInventory(items(50_000))).toMatchObject({ ok: true });
    expect(decodeInventory(items(50_001))).toMatchObject({ ok: false, error: { offset: 0 } });
  });

  it("hold 4 MiB and no more", () => {
    const head = (length: number) => {
      const bytes = encodeFrame(Uint8Array.of(1, 2, 3, 4), "tx", new Uint8Array(0));
      new DataView(bytes.buffer, bytes.byteOffset).setUint32(16, length, true);
      return decodeFrameHead(bytes);
    };
    expect(head(PAYLOAD_BYTES_MAX)).toMatchObject({ ok: true, value: { command: "tx" } });
    expect(head(PAYLOAD_BYTES_MAX + 1)).toMatchObject({ ok: false, error: { offset: 16 } });
  });

  it("are known to be damaged by their checksum", () => {
    const framed = encodeFrame(Uint8Array.of(1, 2, 3, 4), "ping", encodePing(7n));
    const head = unwrap(decodeFrameHead(framed));
    expect(isIntact(head, encodePing(7n))).toBe(true);
    expect(isIntact(head, encodePing(8n))).toBe(false);
    expect(() => encodeFrame(head.magic, "thirteenchars", framed)).toThrow(RangeError);
  });
});

describe("version messages", () => {
  const message = {
    version: 70_000,
    services: 1n,
    time: 0n,
    receiver: { services: 1n, ip: new Uint8Array(16), port: 4562 },
    sender: { services: 1n, ip: new Uint8Array(16), port: 4562 },
    nonce: 1n,
    userAgent: "",
    startHeight: -1,
    relay: undefined,
  };

  it("say from 70,001 on whether transactions are wanted", () => {
    expect(unwrap(decodeVersion(encodeVersion(message))).relay).toBeUndefined();
    const newer = { ...message, version: 70_001, relay: false };
    expect(unwrap(decodeVersion(encodeVersion(newer))).relay).toBe(false);
    expect(decodeVersion(encodeVersion({ ...newer, relay: undefined }))).toMatchObject({
      ok: false,
    });
  });

  it("have no name before 60,002, and no sender before 106", () => {
    const old = { ...message, version: 60_001 };
    expect(decodeVersion(encodeVersion(old))).toMatchObject({ ok: true });
    const named = encodeVersion({ ...old, userAgent: "x" });
    expect(decodeVersion(named)).toMatchObject({ ok: false, error: { offset: 80 } });
    expect(decodeVersion(encodeVersion({ ...message, version: 106 }))).toMatchObject({ ok: true });
    expect(decodeVersion(encodeVersion({ ...message, version: 105 }))).toMatchObject({ ok: false });
  });
});

import { blake512 } from "@noble/hashes/blake1.js";
import { keccak_512 } from "@noble/hashes/sha3.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantiate } from "#shared/crypto/instantiate.ts";
import { type X13Exports, x13, x13Many } from "#shared/crypto/x13.ts";
import { X13_MODULE } from "#shared/crypto/x13-module.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { loadChain } from "../../support/chain-file.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { loadVectors } from "../../support/vectors.ts";
import stages from "../../vectors/x13-stages.json" with { type: "json" };

interface ExosVectors {
  readonly x13: {
    readonly input: string;
    readonly stages: readonly { readonly algo: string; readonly out: string }[];
    readonly final32BytesReversed: string;
  };
  readonly genesis: Readonly<Record<string, { readonly header: string; readonly x13Hash: string }>>;
}

const vectors = loadVectors<ExosVectors>("exos-vectors.json");
const chain = loadChain("stratis/blk0001.dat", 4);

const HEADER_BYTES = 80;
const DIGEST_BYTES = 64;
const BATCH_MAX = 64;

/** A second instance, of which the tests run single stages. */
const engine = instantiate<X13Exports>(X13_MODULE);
const memory = new Uint8Array(engine.memory.buffer);
const inputBytes = (stage: number): number => (stage === 0 ? HEADER_BYTES : DIGEST_BYTES);

/** The digests that a stage makes of a batch. */
function runStage(stage: number, inputs: readonly Uint8Array[]): string[] {
  const start = stage === 0 ? engine.HEADERS.value : engine.DIGESTS.value;
  inputs.forEach((input, slot) => {
    memory.set(input, start + inputBytes(stage) * slot);
  });
  engine.stage(stage, inputs.length);
  return inputs.map((_, slot) => {
    const at = engine.DIGESTS.value + DIGEST_BYTES * slot;
    return bytesToHex(memory.subarray(at, at + DIGEST_BYTES));
  });
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const counting = (length: number) => Uint8Array.from({ length }, (_, index) => index);

describe.each(stages.rows.map((row, stage) => ({ ...row, number: stage })))(
  "stage $number, $stage",
  ({ stage: name, digest, number }) => {
    it("gives the known digest, again and again", () => {
      const input = counting(inputBytes(number));
      expect(runStage(number, [input])).toEqual([digest]);
      expect(runStage(number, [input])).toEqual([digest]);
    });

    it.skipIf(vectors === undefined)("gives the digest of the published chain", () => {
      const published = vectors?.x13.stages ?? [];
      const input = number === 0 ? vectors?.x13.input : published[number - 1]?.out;
      expect(published[number]?.algo).toBe(name);
      expect(runStage(number, [hexToBytes(input ?? "")])).toEqual([published[number]?.out]);
    });

    it("gives every slot of a batch what it gives a single input", () => {
      const inputs = Array.from({ length: BATCH_MAX }, (_, slot) =>
        counting(inputBytes(number)).map((value) => value * 7 + slot * 31 + ((value * slot) >> 3)),
      );
      const alone = inputs.flatMap((input) => runStage(number, [input]));
      expect(new Set(alone).size).toBe(BATCH_MAX);
      for (const count of [1, 2, 3, 4, 5, 63, 64]) {
        const together = runStage(number, inputs.slice(0, count));
        expect(together, `${count} inputs`).toEqual(alone.slice(0, count));
      }
    });
  },
);

describe("stages that another library has", () => {
  it("is BLAKE-512 of any header", () => {
    fc.assert(
      fc.property(bytes(HEADER_BYTES), (header) => {
        expect(runStage(0, [header])).toEqual([bytesToHex(blake512(header))]);
      }),
    );
  });

  it("is Keccak-512 of any digest", () => {
    fc.assert(
      fc.property(bytes(DIGEST_BYTES), (digest) => {
        expect(runStage(5, [digest])).toEqual([bytesToHex(keccak_512(digest))]);
      }),
    );
  });
});

describe("x13", () => {
  it.skipIf(vectors === undefined)("hashes the published header", () => {
    // Its stages above are cases too.
    reportVectors({ name: "exos-vectors.json#x13", run: 1 + (vectors?.x13.stages.length ?? 0) });
    const header = hexToBytes(vectors?.x13.input ?? "");
    expect(toHashHex(x13(header))).toBe(vectors?.x13.final32BytesReversed);
  });

  it.skipIf(vectors === undefined)("hashes the genesis blocks", () => {
    const rows = Object.entries(vectors?.genesis ?? {}).filter(
      ([, row]) => row.header && row.x13Hash,
    );
    expect(rows.length).toBeGreaterThanOrEqual(3);
    for (const [network, { header, x13Hash }] of rows) {
      expect(toHashHex(x13(hexToBytes(header))), network).toBe(x13Hash);
    }
  });

  it.each([0, 79, 81, 160])("asserts that a header has 80 bytes: %i", (length) => {
    expect(() => x13(new Uint8Array(length))).toThrow(RangeError);
  });

  it("returns bytes of its own", () => {
    const first = x13(new Uint8Array(HEADER_BYTES));
    const copy = first.slice();
    x13(new Uint8Array(HEADER_BYTES).fill(1));
    expect(first).toEqual(copy);
    expect([first.constructor, first.byteOffset, first.length]).toEqual([Uint8Array, 0, 32]);
  });
});

describe("x13Many", () => {
  it("gives every header of 1 to 130 the hash that it has alone", () => {
    fc.assert(
      fc.property(bytes(HEADER_BYTES * 130), (headers) => {
        const one = Array.from({ length: 130 }, (_, index) =>
          bytesToHex(x13(headers.subarray(HEADER_BYTES * index, HEADER_BYTES * (index + 1)))),
        );
        for (let count = 1; count <= 130; count++) {
          const many = x13Many(headers.subarray(0, HEADER_BYTES * count));
          expect(bytesToHex(many), `${count} headers`).toBe(one.slice(0, count).join(""));
        }
      }),
      { numRuns: 5 },
    );
  });

  it("makes nothing of nothing", () => {
    expect(x13Many(new Uint8Array(0))).toEqual(new Uint8Array(0));
  });

  it.each([1, 79, 81, 159])("asserts whole headers: %i bytes", (length) => {
    expect(() => x13Many(new Uint8Array(length))).toThrow(RangeError);
  });

  it.skipIf(chain === undefined)("meets the target of every proof of work of Stratis", () => {
    const headers = (chain ?? []).map((block) => block.subarray(0, HEADER_BYTES));
    const hashes = x13Many(Uint8Array.from(headers.flatMap((header) => [...header])));
    let proofsOfWork = 0;
    headers.forEach((header, height) => {
      const view = new DataView(header.buffer, header.byteOffset, HEADER_BYTES);
      // Who mints by stake leaves the nonce zero.
      if (view.getUint32(76, true) === 0) return;
      proofsOfWork++;
      const bits = view.getUint32(72, true);
      const target = BigInt(bits & 0x7f_ffff) << BigInt(8 * ((bits >>> 24) - 3));
      const hash = hashes.slice(32 * height, 32 * (height + 1)).reverse();
      expect(BigInt(`0x${bytesToHex(hash)}`) <= target, `height ${height}`).toBe(true);
    });
    expect(proofsOfWork).toBe(1569);
    expect(headers[1]?.slice(4, 36), "the parent of height 1").toEqual(hashes.slice(0, 32));
  });
});

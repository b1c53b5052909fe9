import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodeFault } from "#shared/codec/reader.ts";
import {
  packOutputs,
  SCRIPT_BYTES_MAX,
  shortenScripts,
  spendableSlots,
  unpackOutput,
} from "#shared/coins/pack-outputs.ts";
import { sha256 } from "#shared/crypto/hashes.ts";
import { amount } from "#shared/primitives/brand.ts";
import { fromHex } from "#shared/primitives/hex.ts";

const script = (text: string): Uint8Array => fromHex(text);
const hash = "11".repeat(20);
const output = (scriptPubKey: Uint8Array, value = 5n) => ({ value: amount(value), scriptPubKey });

const FORMS = [
  { name: "empty", bytes: "", size: 10 },
  { name: "P2PKH", bytes: `76a914${hash}88ac`, size: 29 },
  { name: "P2SH", bytes: `a914${hash}87`, size: 29 },
  { name: "P2PK of a compressed key", bytes: `21${"02".repeat(33)}ac`, size: 42 },
  { name: "cold staking", bytes: `76a97b63b914${hash}6714${"22".repeat(20)}6888ac`, size: 49 },
  { name: "almost P2PKH", bytes: `76a914${hash}88ad`, size: 35 },
  { name: "almost P2SH", bytes: `a914${hash}88`, size: 33 },
  { name: "almost P2PK", bytes: `21${"02".repeat(33)}ad`, size: 45 },
  { name: "almost cold staking", bytes: `76a97b63b914${hash}6714${hash}6888ad`, size: 61 },
] as const;

describe("packed outputs", () => {
  it.each(FORMS)("keep the script $name in $size bytes", ({ bytes, size }) => {
    const packed = packOutputs([output(script(bytes))]);
    expect(packed.length).toBe(size);
    expect(unpackOutput(packed, 0)).toEqual(output(script(bytes)));
    expect(spendableSlots(packed)).toBe(1);
  });

  it("hold nothing of an output that begins with OP_RETURN", () => {
    const packed = packOutputs([output(script("6a0101")), output(script("51"))]);
    expect(unpackOutput(packed, 0)).toBeUndefined();
    expect(unpackOutput(packed, 1)).toEqual(output(script("51")));
    expect(unpackOutput(packed, 2)).toBeUndefined();
    expect(spendableSlots(packed)).toBe(0b10);
  });

  it("hash a script over the limit only where a size limit is named", () => {
    const atLimit = output(new Uint8Array(SCRIPT_BYTES_MAX));
    const above = output(new Uint8Array(SCRIPT_BYTES_MAX + 1));
    const longest = output(new Uint8Array(0x1_0000));
    expect(unpackOutput(packOutputs([above]), 0)).toEqual(above);
    const packed = packOutputs([atLimit, above, longest, output(script("51"))], sha256);
    expect(unpackOutput(packed, 0)).toEqual(atLimit);
    expect(unpackOutput(packed, 1)).toEqual(output(Uint8Array.of(0xff)));
    expect(unpackOutput(packed, 2)).toEqual(output(Uint8Array.of(0xff)));
    expect(unpackOutput(packed, 3)).toEqual(output(script("51")));
    expect(spendableSlots(packed)).toBe(0b1111);
  });

  it("are shortened to what packing with the limit makes of them", () => {
    const above = output(new Uint8Array(SCRIPT_BYTES_MAX + 1));
    const others = [output(script("6a0101")), output(script("51")), output(new Uint8Array(300))];
    const known = FORMS.map(({ bytes }) => output(script(bytes)));
    for (const outputs of [[above], [...others, above], [above, ...known.slice(0, 6), above]]) {
      expect(shortenScripts(packOutputs(outputs), sha256)).toEqual(packOutputs(outputs, sha256));
    }
    const atLimit = [output(new Uint8Array(SCRIPT_BYTES_MAX)), ...others, ...others];
    expect(shortenScripts(packOutputs(atLimit), sha256)).toEqual(packOutputs(atLimit));
    expect(shortenScripts(packOutputs(others), sha256)).toEqual(packOutputs(others));
  });

  it("come back as they were, whatever the scripts are", () => {
    const outputs = fc.array(
      fc.record({
        value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(amount),
        scriptPubKey: fc
          .uint8Array({ maxLength: 60 })
          .map((bytes) => (bytes[0] === 0x6a ? bytes.subarray(1) : bytes))
          .filter((bytes) => bytes[0] !== 0x6a)
          .map((bytes) => Uint8Array.from(bytes)),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(outputs, (list) => {
        const packed = packOutputs(list);
        expect(list.map((_, slot) => unpackOutput(packed, slot))).toEqual(list);
      }),
    );
  });

  it("are refused when their form does not exist or they are cut", () => {
    const packed = packOutputs([output(script("51"))]);
    expect(() => unpackOutput(packed.subarray(0, 10), 0)).toThrow(DecodeFault);
    const bad = packed.slice();
    bad[8] = 7;
    expect(() => unpackOutput(bad, 0)).toThrow(DecodeFault);
    expect(() => unpackOutput(bad, 1)).toThrow(DecodeFault);
  });
});

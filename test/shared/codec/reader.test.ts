import { describe, expect, it } from "vitest";
import { decodeWhole } from "#shared/codec/decode-whole.ts";
import { DecodeFault, lengthRulesOf, Reader } from "#shared/codec/reader.ts";
import { BITCOIN_WIRE, EXOS_WIRE } from "../../support/wires.ts";

const bytesOf = (...bytes: number[]) => Uint8Array.from(bytes);
const bitcoin = (bytes: Uint8Array) => new Reader(bytes, lengthRulesOf(BITCOIN_WIRE));

describe("Reader", () => {
  it("reads numbers little-endian, ports big-endian, amounts with their sign", () => {
    const reader = new Reader(
      bytesOf(1, 2, 3, 4, 5, 6, 0xff, 0xff, 0xff, 0xff, ...new Array(8).fill(0xff), 0, 2),
    );
    expect(reader.u16be()).toBe(0x0102);
    expect(reader.u32()).toBe(0x06050403);
    expect(reader.i32()).toBe(-1);
    expect(reader.i64()).toBe(-1n);
    expect([reader.bool(), reader.bool()]).toEqual([false, true]);
    expect([reader.offset, reader.left]).toEqual([20, 0]);
  });

  it("reads eight bytes without a sign where no amount stands", () => {
    expect(new Reader(new Uint8Array(8).fill(0xff)).u64()).toBe(2n ** 64n - 1n);
  });

  it.each([
    [bytesOf(2, 7, 8), [7, 8], 0],
    [bytesOf(0xfd, 2, 0, 7, 8), [7, 8], 1],
    [bytesOf(0xfe, 2, 0, 0, 0, 7, 8), [7, 8], 1],
    [bytesOf(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 7, 8), [7, 8], 1],
  ])("reads a length of form %j, and counts the longer ones", (bytes, content, longForms) => {
    const reader = new Reader(bytes);
    expect([...reader.byteString()]).toEqual(content);
    expect(reader.longForms).toBe(longForms);
  });

  it("takes no long form for canonical where the value needs it", () => {
    const reader = new Reader(bytesOf(0xfd, 0xfd, 0, ...new Array(0xfd).fill(1)));
    expect(reader.byteString()).toHaveLength(0xfd);
    expect(reader.longForms).toBe(0);
  });

  it("refuses longer forms than needed on Bitcoin's wire, as Bitcoin Core does", () => {
    expect(() => bitcoin(bytesOf(0xfd, 0xfc, 0)).byteString()).toThrow("longer than needed");
    expect(bitcoin(bytesOf(0xfd, 0xfd, 0, ...new Array(0xfd).fill(1))).byteString()).toHaveLength(
      0xfd,
    );
  });

  it("checks a length against the bytes left before it allocates", () => {
    const reader = new Reader(bytesOf(3, 1, 2));
    expect(() => reader.byteString()).toThrow(
      new DecodeFault("length 3 exceeds the 2 bytes left or the limit", 0),
    );
    expect(() => new Reader(bytesOf(2, 1, 2, 3)).list(2, (r) => r.u8())).toThrow(DecodeFault);
  });

  it("takes 1,048,576 bytes and refuses one more; Bitcoin's wire takes more", () => {
    const head = (length: number) => {
      const bytes = new Uint8Array(5 + length);
      bytes[0] = 0xfe;
      new DataView(bytes.buffer).setUint32(1, length, true);
      return bytes;
    };
    expect(new Reader(head(1_048_576)).byteString()).toHaveLength(1_048_576);
    expect(() => new Reader(head(1_048_577)).byteString()).toThrow("limit");
    expect(bitcoin(head(1_048_577)).byteString()).toHaveLength(1_048_577);
  });

  it("names the offset at which the bytes ran out", () => {
    const reader = new Reader(bytesOf(1, 2, 3, 4, 5));
    reader.u32();
    expect(() => reader.u32()).toThrow("4 bytes wanted, 1 left at byte 4");
  });
});

describe("decodeWhole", () => {
  it("turns a fault into a value and ignores what follows the end", () => {
    expect(decodeWhole(bytesOf(1, 2), (reader) => reader.u8())).toEqual({ ok: true, value: 1 });
    const fault = decodeWhole(bytesOf(), (reader) => reader.u8(), lengthRulesOf(EXOS_WIRE));
    expect(fault).toMatchObject({ ok: false, error: { name: "DecodeFault", offset: 0 } });
  });

  it("lets a fault of ours through", () => {
    const broken = () => decodeWhole(bytesOf(), () => bytesOf().with(1, 1)[0]);
    expect(broken).toThrow(RangeError);
  });
});

import { bytesToHex } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Reader } from "#shared/codec/reader.ts";
import { lengthSize, Writer } from "#shared/codec/writer.ts";

it("writes what a reader reads, whatever the first guess of its size", () => {
  fc.assert(
    fc.property(
      fc.record({
        guess: fc.nat(40),
        u8: fc.nat(0xff),
        flag: fc.boolean(),
        port: fc.nat(0xffff),
        u32: fc.nat(0xffff_ffff),
        i32: fc.integer(),
        u64: fc.bigInt(0n, 2n ** 64n - 1n),
        i64: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
        text: fc.uint8Array({ maxLength: 600 }),
        list: fc.array(fc.nat(0xff)),
      }),
      (row) => {
        const bytes = new Writer(row.guess)
          .u8(row.u8)
          .bool(row.flag)
          .u16be(row.port)
          .u32(row.u32)
          .i32(row.i32)
          .u64(row.u64)
          .i64(row.i64)
          .byteString(row.text)
          .list(row.list, (item, writer) => writer.u8(item))
          .finish();
        const reader = new Reader(bytes);
        expect({
          guess: row.guess,
          u8: reader.u8(),
          flag: reader.bool(),
          port: reader.u16be(),
          u32: reader.u32(),
          i32: reader.i32(),
          u64: reader.u64(),
          i64: reader.i64(),
          text: Uint8Array.from(reader.byteString()),
          list: reader.list(1, (items) => items.u8()),
        }).toEqual(row);
        expect([reader.left, reader.longForms]).toEqual([0, 0]);
      },
    ),
  );
});

it.each([
  [0, "00"],
  [0xfc, "fc"],
  [0xfd, "fdfd00"],
  [0xffff, "fdffff"],
  [0x1_0000, "fe00000100"],
  [0xffff_ffff, "feffffffff"],
  [0x1_0000_0000, "ff0000000001000000"],
])("writes the length %i in its shortest form", (length, hex) => {
  const bytes = new Writer(0).length(length).finish();
  expect(bytesToHex(bytes)).toBe(hex);
  expect(lengthSize(length)).toBe(bytes.length);
});

it("begins anew where it is told to, and keeps nothing of before", () => {
  const writer = new Writer(4).bytes(Uint8Array.of(1, 2, 3, 4, 5, 6));
  const bytes = writer.restart().u8(9).finish();
  expect([bytes, writer.size]).toEqual([Uint8Array.of(9), 1]);
});

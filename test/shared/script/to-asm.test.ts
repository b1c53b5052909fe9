import { hexToBytes } from "@noble/hashes/utils.js";
import { expect, it } from "vitest";
import { toAsm } from "#shared/script/to-asm.ts";

const SIGNATURE = "3006020101020101";

it.each([
  ["", ""],
  ["76a90011ac", "OP_DUP OP_HASH160 0 [error]"],
  [
    `76a914${"ab".repeat(20)}88ac`,
    `OP_DUP OP_HASH160 ${"ab".repeat(20)} OP_EQUALVERIFY OP_CHECKSIG`,
  ],
  ["4f515260", "-1 1 2 16"],
  ["0481000080", "-129"],
  ["04ffffff7f", "2147483647"],
  ["050000000001", "0000000001"],
  ["b1b2b0b9", "OP_CHECKLOCKTIMEVERIFY OP_CHECKSEQUENCEVERIFY OP_NOP1 OP_NOP10"],
  ["bafe", "OP_UNKNOWN OP_UNKNOWN"],
  ["6a0568656c6c6f", "OP_RETURN 68656c6c6f"],
  ["50", "OP_RESERVED"],
])("prints %s as %s", (hex, text) => {
  expect(toAsm(hexToBytes(hex))).toBe(text);
});

it.each([
  ["01", `${SIGNATURE}[ALL]`],
  ["82", `${SIGNATURE}[NONE|ANYONECANPAY]`],
  ["03", `${SIGNATURE}[SINGLE]`],
  ["04", `${SIGNATURE}04`],
])("spells out the hash type %s of what looks like a signature, when asked to", (type, text) => {
  const script = hexToBytes(`09${SIGNATURE}${type}`);
  expect(toAsm(script, { sighash: true })).toBe(text);
  expect(toAsm(script)).toBe(`${SIGNATURE}${type}`);
});

it("spells out nothing in data", () => {
  const script = hexToBytes(`6a09${SIGNATURE}01`);
  expect(toAsm(script, { sighash: true })).toBe(`OP_RETURN ${SIGNATURE}01`);
});

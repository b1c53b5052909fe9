import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { parseLaxDer } from "#shared/crypto/parse-lax-der.ts";

const compact = (r: string, s: string) => r.padStart(64, "0") + s.padStart(64, "0");
const parsed = (hex: string) => {
  const signature = parseLaxDer(hexToBytes(hex));
  return signature && bytesToHex(signature);
};
const ORDER = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
const BELOW = `${ORDER.slice(0, -2)}40`;
const ZERO = compact("", "");

it.each([
  ["the strict form", "3006020105020107", compact("5", "7")],
  ["a wrong length of the whole", "3000020105020107", compact("5", "7")],
  ["a long form of the whole", "308106020105020107", compact("5", "7")],
  ["a long form whose bytes mean nothing", "308400000000020105020107", compact("5", "7")],
  ["a long form of r", "300702810105020107", compact("5", "7")],
  ["a long form with leading zeros", "300b0285000000000105020107", compact("5", "7")],
  ["a long form with more zeros than bytes", `30060285000000000105020107`, compact("5", "7")],
  ["negative integers as positive", "30060201ff0201fe", compact("ff", "fe")],
  ["superfluous zeros", "300a02030000050203000007", compact("5", "7")],
  ["no bytes for zero", "300402000200", ZERO],
  ["what follows s", "3006020105020107ffffff", compact("5", "7")],
  ["r one below the order", `3000022100${BELOW}020107`, compact(BELOW, "7")],
  ["s one below the order", `3000020105022100${BELOW}`, compact("5", BELOW)],
  ["the order as r: two zeros", `3000022100${ORDER}020107`, ZERO],
  ["the order as s: two zeros", `3000020105022100${ORDER}`, ZERO],
  [
    "an r of 33 significant bytes: two zeros",
    `300002 21${"11".repeat(33)}020107`.replace(" ", ""),
    ZERO,
  ],
])("reads %s", (_, hex, signature) => {
  expect(parsed(hex)).toBe(signature);
});

it.each([
  ["nothing", ""],
  ["another tag", "3106020105020107"],
  ["the tag alone", "30"],
  ["a length of the whole past the end", "3085020105"],
  ["an indefinite end", "3080"],
  ["another tag of r", "3006030105020107"],
  ["another tag of s", "3006020105030107"],
  ["r without a length", "300102"],
  ["r past the end", "3006020601020107"],
  ["s missing", "3003020105"],
  ["s past the end", "3006020105020207"],
  ["four significant length bytes", "300602840100000105020107"],
  ["length bytes past the end", "30060289010203"],
])("refuses %s", (_, hex) => {
  expect(parsed(hex)).toBeUndefined();
});

it("never throws, and gives 64 bytes of its own or nothing", () => {
  const start = fc.constantFrom("", "30", "3006", "300602", "30060201", "3006020105", "308102");
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 80 }), (head, tail) => {
      const signature = parseLaxDer(concatBytes(hexToBytes(head), tail));
      expect(signature?.length ?? 64).toBe(64);
    }),
    { numRuns: 1000 },
  );
});

import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { classifyScript, isPushOnly, witnessProgramOf } from "#shared/script/classify-script.ts";

const HASH = "11".repeat(20);
const KEY = `02${"22".repeat(32)}`;
const LONG_KEY = `04${"33".repeat(64)}`;

/** The template with its bytes as hex. */
function classify(hex: string, dialect: "exos" | "bitcoin"): unknown {
  const template = classifyScript(hexToBytes(hex), dialect);
  return JSON.parse(
    JSON.stringify(template, (_, value: unknown) =>
      value instanceof Uint8Array ? bytesToHex(value) : value,
    ),
  );
}

const NONSTANDARD = { kind: "nonstandard" };

describe("classifyScript", () => {
  it.each([
    ["a script hash", `a914${HASH}87`, { kind: "p2sh", hash: HASH }],
    ["a key hash", `76a914${HASH}88ac`, { kind: "p2pkh", hash: HASH }],
    ["a key", `21${KEY}ac`, { kind: "p2pk", publicKey: KEY }],
    ["a long key", `41${LONG_KEY}ac`, { kind: "p2pk", publicKey: LONG_KEY }],
    [
      "a hybrid key",
      `4106${"33".repeat(64)}ac`,
      { kind: "p2pk", publicKey: `06${"33".repeat(64)}` },
    ],
    [
      "a hybrid key of the other parity",
      `4107${"33".repeat(64)}ac`,
      { kind: "p2pk", publicKey: `07${"33".repeat(64)}` },
    ],
    ["a witness program", `0014${HASH}`, { kind: "witness", version: 0, program: HASH }],
    ["one of version 16", "60021234", { kind: "witness", version: 16, program: "1234" }],
    ["data", "6a024869510a00", NONSTANDARD],
    [
      "data of several forms",
      "6a0248695100 4f".replace(" ", ""),
      { kind: "nulldata", pushes: ["4869", "01", "", "81"] },
    ],
    ["no data", "6a", { kind: "nulldata", pushes: [] }],
    ["data that is cut off", "6a05aa", NONSTANDARD],
    [
      "one key of two",
      `5121${KEY}21${KEY}52ae`,
      { kind: "multisig", required: 1, publicKeys: [KEY, KEY] },
    ],
    [
      "twenty keys",
      `51${`21${KEY}`.repeat(20)}0114ae`,
      { kind: "multisig", required: 1, publicKeys: Array.from({ length: 20 }, () => KEY) },
    ],
    ["twenty-one keys", `51${`21${KEY}`.repeat(21)}0115ae`, NONSTANDARD],
    ["no number before the keys", `060000000000ff51ae`, NONSTANDARD],
    ["more keys wanted than there", `5221${KEY}51ae`, NONSTANDARD],
    ["another number of keys", `5121${KEY}52ae`, NONSTANDARD],
    ["a negative number of keys", `4f21${KEY}51ae`, NONSTANDARD],
    ["a number that is none", `05111111111121${KEY}51ae`, NONSTANDARD],
    ["a lone number", "51ae", NONSTANDARD],
    ["an operation among keys", `5176${KEY}51ae`, NONSTANDARD],
    ["nothing", "", NONSTANDARD],
  ])("knows %s in both dialects: %s", (_, hex, template) => {
    expect(classify(hex, "bitcoin")).toEqual(template);
    expect(classify(hex, "exos")).toEqual(template);
  });

  it.each([
    ["a key behind any byte", `76${KEY}ac`, { kind: "p2pk", publicKey: KEY }],
    ["a key hash without verifying", `76a914${HASH}87ac`, { kind: "p2pkh", hash: HASH }],
    [
      "cold staking",
      `76a97b63b914${HASH}6714${"44".repeat(20)}6888ac`,
      { kind: "coldstaking", hotKeyHash: HASH, coldKeyHash: "44".repeat(20) },
    ],
    ["none of none", "0000ae", { kind: "multisig", required: 0, publicKeys: [] }],
    ["a word for a key", "5102aabb51ae", { kind: "multisig", required: 1, publicKeys: ["aabb"] }],
  ])("knows %s on EXOS networks only", (_, hex, template) => {
    expect(classify(hex, "exos")).toEqual(template);
    expect(classify(hex, "bitcoin")).toEqual(NONSTANDARD);
  });

  it("knows a reserved word as data of Bitcoin only", () => {
    expect(classify("6a50", "bitcoin")).toEqual({ kind: "nulldata", pushes: ["00"] });
    expect(classify("6a50", "exos")).toEqual(NONSTANDARD);
  });

  it("knows cold staking by every byte but the hashes", () => {
    const script = hexToBytes(`76a97b63b914${HASH}6714${"44".repeat(20)}6888ac`);
    for (const [at, byte] of script.entries()) {
      const free = (at >= 6 && at < 26) || (at >= 28 && at < 48);
      const { kind } = classifyScript(script.with(at, byte ^ 1), "exos");
      expect(kind, `byte ${at}`).toBe(free ? "coldstaking" : "nonstandard");
    }
  });

  it.each([
    ["a key hash of 26 bytes", `76a914${HASH}0088ac`],
    ["a key of another first byte", `2105${"22".repeat(32)}ac`],
    ["a long key of another first byte", `4105${"33".repeat(64)}ac`],
    ["a key of 34 bytes", `22${KEY}00ac`],
  ])("does not know %s", (_, hex) => {
    expect(classify(hex, "exos")).toEqual(NONSTANDARD);
  });
});

describe("witnessProgramOf", () => {
  it.each([
    ["0002aabb", true, true],
    ["0001aa", false, false],
    [`0020${"aa".repeat(32)}`, true, true],
    [`0021${"aa".repeat(33)}`, false, true],
    [`5128${"aa".repeat(40)}`, false, true],
    [`5129${"aa".repeat(41)}`, false, false],
    ["5003aabbcc", false, false],
    ["6103aabbcc", false, false],
    ["5102aabbcc", false, false],
  ])("reads %s by length and version", (hex, exos, bitcoin) => {
    expect(witnessProgramOf(hexToBytes(hex), "exos") !== undefined).toBe(exos);
    expect(witnessProgramOf(hexToBytes(hex), "bitcoin") !== undefined).toBe(bitcoin);
  });
});

describe("isPushOnly", () => {
  it.each([
    ["", true, true],
    ["00514f60024869", true, true],
    ["5161", false, false],
    ["50", false, true],
    ["05aa", true, false],
  ])("judges %s by the dialect", (hex, exos, bitcoin) => {
    expect(isPushOnly(hexToBytes(hex), "exos")).toBe(exos);
    expect(isPushOnly(hexToBytes(hex), "bitcoin")).toBe(bitcoin);
  });
});

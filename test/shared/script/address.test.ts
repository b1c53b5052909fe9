import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Address,
  addressOfScript,
  parseAddress,
  printAddress,
  scriptOfAddress,
} from "#shared/script/address.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { loadVectors } from "../../support/vectors.ts";

const exos = { p2pkh: 28, p2sh: 87, bech32: undefined };
const regtest = { p2pkh: 75, p2sh: 206, bech32: undefined };
const bitcoin = { p2pkh: 0, p2sh: 5, bech32: "bc" };
const bitcoinTest = { p2pkh: 111, p2sh: 196, bech32: "bcrt" };

interface AddressCase {
  readonly hash160: string;
  readonly main: string;
  readonly test: string;
  readonly mainP2shOfP2pk: string;
  readonly testP2shOfP2pk: string;
}
const vectors = loadVectors<{ addresses: { cases: AddressCase[] } }>("exos-vectors.json");
const valid = loadVectors<[string, string, { addrType?: string; isTestnet: boolean }][]>(
  "script/pos_base58_keys_valid.json",
);
const invalid = loadVectors<[string][]>("script/pos_base58_keys_invalid.json");

describe("addresses of EXOS", () => {
  it.skipIf(vectors === undefined)("are those of the reference, both ways", () => {
    expect(vectors?.addresses.cases.length).toBe(3);
    for (const row of vectors?.addresses.cases ?? []) {
      const address: Address = { kind: "p2pkh", hash: hexToBytes(row.hash160) };
      expect(printAddress(address, exos)).toBe(row.main);
      expect(printAddress(address, regtest)).toBe(row.test);
      expect(parseAddress(row.main, exos), row.main).toEqual(address);
      expect(parseAddress(row.main, regtest), row.main).toBeUndefined();
      expect(parseAddress(row.mainP2shOfP2pk, exos)?.kind).toBe("p2sh");
      expect(parseAddress(row.testP2shOfP2pk, regtest)?.kind).toBe("p2sh");
    }
    reportVectors({
      name: "exos-vectors.json#addresses",
      run: vectors?.addresses.cases.length ?? 0,
    });
  });
});

describe("Bitcoin's own cases", () => {
  it.skipIf(valid === undefined)("decodes and prints every valid address again", () => {
    const rows = (valid ?? []).filter(([, , about]) => about.addrType !== undefined);
    expect(rows.length).toBeGreaterThan(20);
    for (const [text, hash, about] of rows) {
      const format = about.isTestnet ? bitcoinTest : bitcoin;
      const address = parseAddress(text, format);
      if (address === undefined || address.kind === "witness") throw new Error(text);
      expect(bytesToHex(address.hash), text).toBe(hash);
      expect(address.kind, text).toBe(about.addrType === "pubkey" ? "p2pkh" : "p2sh");
      expect(printAddress(address, format)).toBe(text);
    }
  });

  it.skipIf(invalid === undefined)("refuses every invalid one", () => {
    expect(invalid?.length).toBeGreaterThan(40);
    for (const [text] of invalid ?? []) {
      for (const format of [bitcoin, bitcoinTest, exos, regtest]) {
        expect(parseAddress(text, format), text).toBeUndefined();
      }
    }
  });
});

describe("witness addresses", () => {
  it.each([
    {
      text: "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
      script: "0014751e76e8199196d454941c45d1b3a323f1433bd6",
    },
    {
      text: "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
      script:
        "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6",
    },
    { text: "BC1SW50QGDZ25J", script: "6002751e" },
  ])("reads $text as BIP350 says", ({ text, script }) => {
    const address = parseAddress(text, bitcoin);
    expect(address).toBeDefined();
    if (address === undefined) return;
    expect(bytesToHex(scriptOfAddress(address))).toBe(script);
    expect(printAddress(address, bitcoin)).toBe(text.toLowerCase());
  });

  it.each([
    ["another prefix", "tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty"],
    ["a wrong checksum", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"],
    ["version 17", "BC13W508D6QEJXTDG4Y5R3ZARVARY0C5XW7KN40WF2"],
    ["one byte", "bc1rw5uspcuh"],
    ["mixed case", "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sL5k7"],
    [
      "version 0 with the later checksum",
      "bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
    ],
    [
      "version 1 with the first checksum",
      "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7k7grplx",
    ],
    ["version 0 of 16 bytes", "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P"],
  ])("refuses %s", (_, text) => {
    expect(parseAddress(text, bitcoin)).toBeUndefined();
  });

  it("are never longer than their checksum protects, nor is any address", () => {
    for (const text of [`bc1q${"q".repeat(87)}`, "1".repeat(113)]) {
      expect(parseAddress(text, bitcoin)).toBeUndefined();
    }
  });

  it("exist only on networks with a prefix", () => {
    const witness: Address = { kind: "witness", version: 0, program: new Uint8Array(20) };
    expect(printAddress(witness, regtest)).toBeUndefined();
    expect(parseAddress("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", regtest)).toBeUndefined();
  });
});

const hash20 = fc.uint8Array({ minLength: 20, maxLength: 20 });
const anyAddress: fc.Arbitrary<Address> = fc.oneof(
  hash20.map((hash): Address => ({ kind: "p2pkh", hash })),
  hash20.map((hash): Address => ({ kind: "p2sh", hash })),
  fc
    .tuple(fc.integer({ min: 1, max: 16 }), fc.uint8Array({ minLength: 2, maxLength: 40 }))
    .map(([version, program]): Address => ({ kind: "witness", version, program })),
);

describe("an output script", () => {
  it("names the address that pays it, and text comes back as it was", () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        expect(addressOfScript(scriptOfAddress(address))).toEqual(address);
        const text = printAddress(address, bitcoin);
        expect(parseAddress(text ?? "", bitcoin)).toEqual(address);
      }),
    );
  });

  it.each([20, 32])("of version 0 with %i bytes pays an address", (size) => {
    const address: Address = { kind: "witness", version: 0, program: new Uint8Array(size).fill(7) };
    expect(addressOfScript(scriptOfAddress(address))).toEqual(address);
  });

  it.each([
    ["empty", ""],
    ["one byte", "00"],
    ["a bare key", `21${"02".repeat(33)}ac`],
    ["a key hash with a longer push form", `76a94c14${"11".repeat(20)}88ac`],
    ["one byte", "51"],
    ["a key hash and one byte more", `76a914${"11".repeat(20)}88acac`],
    ["a script hash of 19 bytes", `a913${"11".repeat(19)}87`],
    ["version 0 of 21 bytes", `0015${"11".repeat(21)}`],
    ["a program of one byte", "5101aa"],
    ["a program of 41 bytes", `5129${"11".repeat(41)}`],
    ["a return", "6a02aabb"],
  ])("that is %s pays no address", (_, hex) => {
    expect(addressOfScript(hexToBytes(hex))).toBeUndefined();
  });

  it("that ends in other opcodes pays none", () => {
    for (const address of [
      { kind: "p2pkh", hash: new Uint8Array(20) },
      { kind: "p2sh", hash: new Uint8Array(20) },
    ] as const) {
      const script = scriptOfAddress(address);
      for (const place of [0, 1, script.length - 1]) {
        const other = script.slice();
        other[place] = 0x61;
        expect(addressOfScript(other)).toBeUndefined();
      }
    }
  });
});

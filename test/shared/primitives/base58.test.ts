import { bytesToHex } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeBase58Check, encodeBase58Check } from "#shared/primitives/base58.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { loadVectors } from "../../support/vectors.ts";

interface Kind {
  readonly addrType?: "pubkey" | "script";
  readonly isPrivkey: boolean;
  readonly isTestnet: boolean;
  readonly isCompressed?: boolean;
}

const valid = loadVectors<[string, string, Kind][]>("script/pos_base58_keys_valid.json");
const invalid = loadVectors<[string][]>("script/pos_base58_keys_invalid.json");

/** Version bytes of Bitcoin, for which the suite was written: main net, then test net. */
const VERSIONS = { pubkey: [0, 111], script: [5, 196], key: [128, 239] } as const;

function payloadOf(hex: string, kind: Kind): string {
  const version = VERSIONS[kind.addrType ?? "key"][kind.isTestnet ? 1 : 0];
  const compressed = kind.isPrivkey && kind.isCompressed === true ? "01" : "";
  return version.toString(16).padStart(2, "0") + hex + compressed;
}

it.skipIf(valid === undefined)("reads every address and private key of the suite, and back", () => {
  for (const [text, hex, kind] of valid ?? []) {
    const payload = decodeBase58Check(text) ?? new Uint8Array(0);
    expect(bytesToHex(payload), text).toBe(payloadOf(hex, kind));
    expect(encodeBase58Check(payload)).toBe(text);
  }
  reportVectors({ name: "script/pos_base58_keys_valid.json", run: valid?.length ?? 0 });
});

it.skipIf(invalid === undefined)("reads no invalid text as an address or a key", () => {
  for (const [text] of invalid ?? []) {
    const payload = decodeBase58Check(text) ?? new Uint8Array(0);
    const version = payload[0] ?? 0;
    const address = payload.length === 21 && [0, 5, 111, 196].includes(version);
    const plain = payload.length === 33 && [128, 239].includes(version);
    const compressed = payload.length === 34 && payload[33] === 1 && [128, 239].includes(version);
    expect(address || plain || compressed, text).toBe(false);
  }
  reportVectors({ name: "script/pos_base58_keys_invalid.json", run: invalid?.length ?? 0 });
});

it("gives back what was written, and nothing for a text that is damaged or too long", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 78 }), fc.nat(), (payload, at) => {
      const text = encodeBase58Check(payload);
      expect(decodeBase58Check(text)).toEqual(payload);
      const index = at % text.length;
      const other = text[index] === "2" ? "3" : "2";
      const damaged = text.slice(0, index) + other + text.slice(index + 1);
      expect(decodeBase58Check(damaged)).toBeUndefined();
    }),
  );
  expect(decodeBase58Check("1".repeat(113))).toBeUndefined();
});

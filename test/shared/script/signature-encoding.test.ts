import { hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import {
  checkPublicKeyEncoding,
  checkSignatureEncoding,
} from "#shared/script/signature-encoding.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { loadVectors } from "../../support/vectors.ts";

const STRICT = ScriptFlags.DERSIG | ScriptFlags.STRICTENC;

const good = loadVectors<string[]>("script/pos_sig_canonical.json");
const bad = loadVectors<string[]>("script/pos_sig_noncanonical.json")?.filter((text) =>
  /^[0-9a-f]+$/i.test(text),
);

describe("checkSignatureEncoding", () => {
  it.skipIf(good === undefined)("accepts every canonical signature", () => {
    for (const hex of good ?? []) {
      expect(checkSignatureEncoding(hexToBytes(hex), STRICT), hex).toBeUndefined();
    }
    reportVectors({ name: "script/pos_sig_canonical.json", run: good?.length ?? 0 });
  });

  it.skipIf(bad === undefined)("refuses every one that is not", () => {
    for (const hex of bad ?? []) {
      expect(checkSignatureEncoding(hexToBytes(hex), STRICT), hex).toBeDefined();
    }
    expect(bad?.length).toBeGreaterThan(10);
    reportVectors({ name: "script/pos_sig_noncanonical.json", run: bad?.length ?? 0 });
  });

  it("allows an empty signature, and anything where nothing is demanded", () => {
    expect(checkSignatureEncoding(new Uint8Array(0), STRICT | ScriptFlags.LOW_S)).toBeUndefined();
    expect(checkSignatureEncoding(Uint8Array.of(1, 2, 3), ScriptFlags.P2SH)).toBeUndefined();
  });

  const withS = (s: string, hashType = "01") =>
    hexToBytes(
      `30${(5 + s.length / 2).toString(16).padStart(2, "0")}02010102${(s.length / 2).toString(16).padStart(2, "0")}${s}${hashType}`,
    );

  it("draws the line of a low s at half of the order", () => {
    const half = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";
    const above = half.replace(/a0$/, "a1");
    expect(checkSignatureEncoding(withS(half), ScriptFlags.LOW_S)).toBeUndefined();
    expect(checkSignatureEncoding(withS(above), ScriptFlags.LOW_S)).toBe("SigHighS");
    expect(checkSignatureEncoding(withS(above), STRICT)).toBeUndefined();
    expect(checkSignatureEncoding(withS("0101"), ScriptFlags.LOW_S)).toBeUndefined();
    expect(checkSignatureEncoding(withS("00"), ScriptFlags.LOW_S)).toBe("SigHighS");
  });

  it.each([
    ["00", "SigHashType"],
    ["01", undefined],
    ["03", undefined],
    ["04", "SigHashType"],
    ["80", "SigHashType"],
    ["81", undefined],
    ["83", undefined],
    ["84", "SigHashType"],
  ])("judges the hash type %s as %s", (hashType, error) => {
    expect(checkSignatureEncoding(withS("0101", hashType), ScriptFlags.STRICTENC)).toBe(error);
    expect(checkSignatureEncoding(withS("0101", hashType), ScriptFlags.DERSIG)).toBeUndefined();
  });
});

describe("checkPublicKeyEncoding", () => {
  const key = (tag: number, size: number) => new Uint8Array(size).with(0, tag);
  it.each([
    [key(2, 33), undefined, undefined],
    [key(3, 33), undefined, undefined],
    [key(4, 65), undefined, "WitnessPubkeyType"],
    [key(6, 65), "PubKeyType", "WitnessPubkeyType"],
    [key(2, 65), "PubKeyType", "WitnessPubkeyType"],
    [key(4, 33), "PubKeyType", "WitnessPubkeyType"],
    [new Uint8Array(0), "PubKeyType", "WitnessPubkeyType"],
  ])("judges %j", (bytes, strict, witness) => {
    expect(checkPublicKeyEncoding(bytes, ScriptFlags.STRICTENC, false)).toBe(strict);
    expect(checkPublicKeyEncoding(bytes, ScriptFlags.WITNESS_PUBKEYTYPE, true)).toBe(witness);
    expect(checkPublicKeyEncoding(bytes, ScriptFlags.WITNESS_PUBKEYTYPE, false)).toBeUndefined();
  });
});

import { hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { hash160, sha256 } from "#shared/crypto/hashes.ts";
import { amount } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import {
  countLegacySigops,
  countP2shSigops,
  countWitnessSigops,
} from "#shared/script/count-sigops.ts";
import { plainPush } from "#shared/script/push.ts";
import { scriptOfAsm } from "../../support/script-asm.ts";

function legacy(scriptSig: string, scriptPubKey: string): number {
  const prevout = { txid: zeroHash(), index: 0 };
  return countLegacySigops({
    inputs: [{ prevout, scriptSig: scriptOfAsm(scriptSig), sequence: 0, witness: [] }],
    outputs: [{ value: amount(0n), scriptPubKey: scriptOfAsm(scriptPubKey) }],
  });
}

const p2sh = (script: Uint8Array) => Uint8Array.of(0xa9, 20, ...hash160(script), 0x87);
const NO_WITNESS: readonly Uint8Array[] = [];

describe("countLegacySigops", () => {
  it("counts in inputs and outputs, whether executed or not", () => {
    expect(legacy("", "")).toBe(0);
    expect(legacy("CHECKSIG", "0 IF CHECKSIGVERIFY ENDIF")).toBe(2);
  });

  it("counts twenty for every multisignature, whatever stands before it", () => {
    expect(legacy("", "2 CHECKMULTISIG")).toBe(20);
    expect(legacy("CHECKMULTISIGVERIFY", "CHECKMULTISIG")).toBe(40);
  });

  it("counts nothing inside of a push, and what stands before one that is cut off", () => {
    expect(legacy("", "0x02 0xacac")).toBe(0);
    expect(legacy("", "CHECKSIG 0x05 0xacac")).toBe(1);
  });
});

describe("countP2shSigops", () => {
  const count = (redeem: Uint8Array, dialect: "exos" | "bitcoin", scriptSig = plainPush(redeem)) =>
    countP2shSigops({ scriptSig, scriptPubKey: p2sh(redeem) }, dialect);

  it("counts the keys of a multisignature where their number is an opcode", () => {
    const redeem = scriptOfAsm("2 CHECKMULTISIG 16 CHECKMULTISIGVERIFY NOP CHECKMULTISIG CHECKSIG");
    for (const dialect of ["exos", "bitcoin"] as const) {
      expect(count(redeem, dialect)).toBe(2 + 16 + 20 + 1);
    }
  });

  it("counts nothing for other scripts, nor where an input does more than push", () => {
    const redeem = scriptOfAsm("CHECKSIG");
    for (const dialect of ["exos", "bitcoin"] as const) {
      const scripts = { scriptSig: plainPush(redeem), scriptPubKey: redeem };
      expect(countP2shSigops(scripts, dialect)).toBe(0);
      expect(count(redeem, dialect, Uint8Array.of(0x61, ...plainPush(redeem)))).toBe(0);
      expect(count(redeem, dialect, new Uint8Array(0))).toBe(0);
      expect(count(redeem, dialect, Uint8Array.of(...plainPush(redeem), 0x51))).toBe(0);
    }
  });

  it.each([
    ["a script of another hash", scriptOfAsm("CHECKSIG"), plainPush(scriptOfAsm("CHECKSIG 1"))],
    ["an unknown opcode", scriptOfAsm("CHECKSIG 0xba"), undefined],
    ["a push that is cut off", scriptOfAsm("CHECKSIG 0x05 0xaa"), undefined],
    ["521 bytes", Uint8Array.of(0xac, ...new Uint8Array(520).fill(0x61)), undefined],
  ])("counts nothing on EXOS networks for %s", (_, redeem, scriptSig) => {
    expect(count(redeem, "exos", scriptSig)).toBe(0);
    expect(count(redeem, "bitcoin", scriptSig)).toBe(1);
  });

  it("counts 520 bytes everywhere, and nothing in an input that is cut off", () => {
    const redeem = Uint8Array.of(0xac, ...new Uint8Array(519).fill(0x61));
    expect(count(redeem, "exos")).toBe(1);
    const cut = Uint8Array.of(...plainPush(redeem), 5);
    expect(count(redeem, "exos", cut)).toBe(0);
    expect(count(redeem, "bitcoin", cut)).toBe(0);
  });
});

describe("countWitnessSigops", () => {
  const script = scriptOfAsm("2 CHECKMULTISIG");
  const byScript = Uint8Array.of(0, 32, ...sha256(script));
  const byKey = Uint8Array.of(0, 20, ...new Uint8Array(20));
  const spend = (
    scriptPubKey: Uint8Array,
    witness = NO_WITNESS,
    scriptSig: Uint8Array = new Uint8Array(0),
  ) => ({
    scriptSig,
    scriptPubKey,
    witness,
  });

  it("counts one for a key, and the script of the witness for a script", () => {
    for (const dialect of ["exos", "bitcoin"] as const) {
      expect(countWitnessSigops(spend(byKey), dialect)).toBe(1);
      expect(countWitnessSigops(spend(byScript, [script]), dialect)).toBe(2);
      expect(countWitnessSigops(spend(byScript), dialect)).toBe(0);
    }
  });

  it("counts nothing for other scripts, versions and lengths", () => {
    expect(countWitnessSigops(spend(script, [script]), "bitcoin")).toBe(0);
    expect(countWitnessSigops(spend(byScript.with(0, 0x51), [script]), "bitcoin")).toBe(0);
    expect(countWitnessSigops(spend(hexToBytes("0002aabb"), [script]), "bitcoin")).toBe(0);
  });

  it("counts a nested program to Bitcoin Core only", () => {
    const nested = spend(p2sh(byScript), [script], plainPush(byScript));
    expect(countWitnessSigops(nested, "bitcoin")).toBe(2);
    expect(countWitnessSigops(nested, "exos")).toBe(0);
    const noisy = { ...nested, scriptSig: Uint8Array.of(0x61, ...nested.scriptSig) };
    expect(countWitnessSigops(noisy, "bitcoin")).toBe(0);
  });
});

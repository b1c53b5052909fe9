import { bytesToHex } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import type { InputCheck } from "#shared/script/machine.ts";
import { plainPush } from "#shared/script/push.ts";
import { signatureHash } from "#shared/script/signature-hash.ts";
import { verifyInput } from "#shared/script/verify-input.ts";
import { verifyInputs } from "#shared/script/verify-inputs.ts";
import { scriptOfAsm } from "../../support/script-asm.ts";
import { parseScriptCase, scriptCheckOf } from "../../support/script-cases.ts";
import { publicKeyOf, signDigest } from "../../support/sign.ts";
import { transactionOf } from "../../support/spend.ts";
import { loadVectors } from "../../support/vectors.ts";

const hex = (bytes: Uint8Array) => `0x${bytesToHex(bytes)}`;
const key = (number: number) => hex(plainPush(publicKeyOf(number)));

/** A spend that the owner of this number signed, or of another. */
function signed(scriptPubKey: string, signer: number, before = ""): InputCheck {
  const scriptCode = scriptOfAsm(scriptPubKey);
  const digest = signatureHash({ tx: transactionOf({}), index: 0, scriptCode, hashType: 1 }, true);
  const signature = Uint8Array.of(...signDigest(signer, digest), 1);
  const tx = transactionOf({ scriptSig: `${before} ${hex(plainPush(signature))}` });
  return { tx, index: 0, value: 0n, scriptPubKey: scriptCode, flags: 0, dialect: "exos" };
}

describe("verifyInputs", () => {
  it("answers nothing to nothing", () => {
    expect(verifyInputs([])).toEqual([]);
  });

  it("tells the wrong from the right in one batch, in order", () => {
    const checks = [
      signed(`${key(1)} CHECKSIG`, 1),
      signed(`${key(1)} CHECKSIG`, 2),
      signed("1", 1),
      signed("0", 1),
      signed(`${key(1)} CHECKSIG NOT`, 2),
      signed(`${key(1)} CHECKSIG NOT`, 1),
      signed(`${key(1)} CHECKSIGVERIFY 0`, 1),
      signed(`1 ${key(1)} ${key(2)} 2 CHECKMULTISIG`, 1, "0"),
      signed(`1 ${key(1)} ${key(2)} 2 CHECKMULTISIG`, 2, "0"),
      signed(`1 ${key(1)} ${key(2)} 2 CHECKMULTISIG`, 3, "0"),
    ];
    expect(verifyInputs(checks).map(({ error }) => error ?? "OK")).toEqual([
      "OK",
      "EvalFalse",
      "OK",
      "EvalFalse",
      "OK",
      "EvalFalse",
      "EvalFalse",
      "OK",
      "OK",
      "EvalFalse",
    ]);
  });

  it("tells them apart over more than it gathers", () => {
    const [right, wrong] = [signed(`${key(1)} CHECKSIG`, 1), signed(`${key(1)} CHECKSIG`, 2)];
    const checks = Array.from({ length: 1_100 }, (_, at) => (at % 100 === 24 ? wrong : right));
    const failed = verifyInputs(checks).flatMap(({ error }, at) => (error === undefined ? [] : at));
    expect(failed).toEqual([24, 124, 224, 324, 424, 524, 624, 724, 824, 924, 1_024]);
  });

  it("hashes a transaction once for all signatures over the same code", () => {
    const digests: Uint8Array[] = [];
    const again = `2DUP CHECKSIGVERIFY 2DUP CHECKSIGVERIFY`;
    const check = signed(`${key(1)} ${again} CODESEPARATOR 2DUP CHECKSIGVERIFY CHECKSIG`, 1);
    const verify = ({ digest }: { digest: Uint8Array }) => digests.push(digest) > 0;
    expect(verifyInput({ ...check, verify })).toEqual({ error: undefined, coldStake: false });
    const [first, second, third, fourth] = digests;
    expect(second).toBe(first);
    expect(third).not.toEqual(first);
    expect(fourth).toBe(third);
  });

  const rows = loadVectors<Parameters<typeof parseScriptCase>[0][]>("script/pos_script_tests.json");
  it.skipIf(rows === undefined)("answers as verifyInput does, for every line of the suite", () => {
    const lines = rows?.flatMap((row) => parseScriptCase(row) ?? []) ?? [];
    const checks = lines.map((line) => scriptCheckOf(line, "exos"));
    expect(verifyInputs(checks)).toEqual(checks.map(verifyInput));
  });
});

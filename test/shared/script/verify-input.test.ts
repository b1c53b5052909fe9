import { bytesToHex } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "#shared/crypto/hashes.ts";
import { plainPush } from "#shared/script/push.ts";
import { verifyInput } from "#shared/script/verify-input.ts";
import { scriptOfAsm } from "../../support/script-asm.ts";
import { publicKeyOf } from "../../support/sign.ts";
import { errorsOf, transactionOf } from "../../support/spend.ts";

const hex = (bytes: Uint8Array) => `0x${bytesToHex(bytes)}`;
const same = (error: string) => ({ exos: error, bitcoin: error });
const KEY = hex(plainPush(publicKeyOf(1)));

describe("verifyInput", () => {
  it("is not asked about an input that is not there", () => {
    const check = { tx: transactionOf({}), index: 1, value: 0n, scriptPubKey: new Uint8Array(0) };
    expect(() => verifyInput({ ...check, flags: 0, dialect: "exos" })).toThrow(RangeError);
  });

  it.each(["PICK", "ROLL", "1ADD", "1 ADD", "1 SWAP ADD", "1 NUMEQUALVERIFY"])(
    "refuses a number of more than four bytes before %s",
    (operation) => {
      const spend = { scriptSig: "1 0x05 0x0000000001", scriptPubKey: operation };
      expect(errorsOf(spend)).toEqual(same("UnknownError"));
    },
  );

  it.each([
    "0x05 0x0000000001 1 1 WITHIN",
    "1 0x05 0x0000000001 1 WITHIN",
    "1 1 0x05 0x0000000001 WITHIN",
    "1 0x05 0x0000000001 NUMEQUALVERIFY",
    "0 0 0x05 0x0000000001 CHECKMULTISIG",
    `0 0x05 0x0000000001 ${KEY} 1 CHECKMULTISIG`,
    "0x06 0x000000000000 CHECKLOCKTIMEVERIFY",
  ])("refuses one in %s", (scriptPubKey) => {
    expect(errorsOf({ scriptPubKey, flags: "CHECKLOCKTIMEVERIFY" })).toEqual(same("UnknownError"));
  });

  it("compares numbers, not bytes, and leaves nothing behind when it must verify", () => {
    expect(errorsOf({ scriptPubKey: "1 1 0x02 0x0100 NUMEQUALVERIFY" })).toEqual(same("OK"));
    expect(errorsOf({ scriptPubKey: "1 1 2 NUMEQUALVERIFY" })).toEqual(same("NumEqualVerify"));
  });

  it("counts the keys of multisignatures as operations, 201 at most", () => {
    const keys = (count: number) => `0 0 ${`${KEY} `.repeat(count)} ${count} CHECKMULTISIG`;
    const nops = (count: number) => "NOP ".repeat(count);
    expect(errorsOf({ scriptPubKey: `${nops(180)} ${keys(20)}` })).toEqual(same("OK"));
    expect(errorsOf({ scriptPubKey: `${nops(181)} ${keys(20)}` })).toEqual(same("OpCount"));
    expect(errorsOf({ scriptPubKey: keys(21) })).toEqual(same("PubkeyCount"));
  });

  it("refuses an item of 521 bytes in a witness, and takes one of 520", () => {
    const script = scriptOfAsm("DROP 1");
    const scriptPubKey = `0 ${hex(plainPush(sha256(script)))}`;
    const spend = (size: number) => ({
      scriptPubKey,
      witness: [new Uint8Array(size), script],
      flags: "P2SH,WITNESS",
    });
    expect(errorsOf(spend(520))).toEqual(same("OK"));
    expect(errorsOf(spend(521))).toEqual(same("PushSize"));
  });

  it("refuses OP_CODESEPARATOR where the script code must stay constant, but in a witness", () => {
    const flags = "CONST_SCRIPTCODE,P2SH,WITNESS";
    const scriptPubKey = "CODESEPARATOR 1";
    expect(errorsOf({ scriptPubKey })).toEqual(same("OK"));
    expect(errorsOf({ scriptPubKey, flags })).toEqual(same("OpCodeSeparator"));
    expect(errorsOf({ scriptPubKey: "1 0 IF CODESEPARATOR ENDIF", flags })).toEqual(
      same("OpCodeSeparator"),
    );
    const script = scriptOfAsm(scriptPubKey);
    const program = `0 ${hex(plainPush(sha256(script)))}`;
    expect(errorsOf({ scriptPubKey: program, witness: [script], flags })).toEqual(same("OK"));
  });
});

describe("any bytes for scripts", () => {
  it("get an answer in both dialects", () => {
    // Opcodes more often than pushes, which would swallow what follows them.
    const byte = fc.oneof(fc.integer({ min: 0x4f, max: 0xbb }), fc.nat(0xff));
    const script = fc.array(byte, { maxLength: 60 }).map((bytes) => Uint8Array.from(bytes));
    const row = fc.record({
      scriptSig: script,
      scriptPubKey: script,
      witness: fc.array(script, { maxLength: 3 }),
      flags: fc.nat(2 ** 31 - 1),
      dialect: fc.constantFrom("exos" as const, "bitcoin" as const),
    });
    fc.assert(
      fc.property(row, ({ scriptSig, witness, ...check }) => {
        const [input] = transactionOf({ witness }).inputs.map((own) => ({ ...own, scriptSig }));
        const tx = transactionOf({ tx: input === undefined ? {} : { inputs: [input] } });
        verifyInput({ tx, index: 0, value: 0n, ...check });
      }),
      { numRuns: 3000 },
    );
  });
});

describe("OP_CHECKLOCKTIMEVERIFY", () => {
  const flags = "CHECKLOCKTIMEVERIFY";
  it.each([
    { locked: "100", lockTime: 100, sequence: 0, error: "OK" },
    { locked: "101", lockTime: 100, sequence: 0, error: "UnsatisfiedLockTime" },
    { locked: "100", lockTime: 100, sequence: 0xffff_ffff, error: "UnsatisfiedLockTime" },
    { locked: "100", lockTime: 100, sequence: 0xffff_fffe, error: "OK" },
    { locked: "499999999", lockTime: 500_000_000, sequence: 0, error: "UnsatisfiedLockTime" },
    { locked: "500000000", lockTime: 500_000_000, sequence: 0, error: "OK" },
    { locked: "500000000", lockTime: 499_999_999, sequence: 0, error: "UnsatisfiedLockTime" },
    { locked: "4294967295", lockTime: 0xffff_ffff, sequence: 0, error: "OK" },
    { locked: "-1", lockTime: 100, sequence: 0, error: "NegativeLockTime" },
  ])("answers $error to $locked at $lockTime and $sequence", ({ locked, error, ...tx }) => {
    const spend = { scriptPubKey: `${locked} CHECKLOCKTIMEVERIFY DROP 1`, flags };
    const { lockTime, sequence } = tx;
    expect(errorsOf({ ...spend, sequence, tx: { lockTime } })).toEqual(same(error));
  });

  it("needs something to look at", () => {
    expect(errorsOf({ scriptPubKey: "CHECKLOCKTIMEVERIFY", flags })).toEqual(
      same("InvalidStackOperation"),
    );
  });
});

describe("OP_CHECKSEQUENCEVERIFY", () => {
  const TYPE = 1 << 22;
  it.each([
    { locked: 10, sequence: 10, version: 2, error: "OK" },
    { locked: 11, sequence: 10, version: 2, error: "UnsatisfiedLockTime" },
    { locked: 10, sequence: 10, version: 1, error: "UnsatisfiedLockTime" },
    { locked: 10, sequence: 10, version: 0xffff_ffff, error: "OK" },
    { locked: 10, sequence: 2 ** 31 + 10, version: 2, error: "UnsatisfiedLockTime" },
    { locked: 2 ** 31 + 11, sequence: 10, version: 1, error: "OK" },
    { locked: 2 ** 32 + 11, sequence: 10, version: 2, error: "UnsatisfiedLockTime" },
    { locked: 2 ** 32 + 10, sequence: 10, version: 2, error: "OK" },
    { locked: TYPE + 10, sequence: 10, version: 2, error: "UnsatisfiedLockTime" },
    { locked: 10, sequence: TYPE + 10, version: 2, error: "UnsatisfiedLockTime" },
    { locked: TYPE + 10, sequence: TYPE + 10, version: 2, error: "OK" },
    { locked: 0x10000, sequence: 0, version: 2, error: "OK" },
    { locked: -1, sequence: 0, version: 2, error: "NegativeLockTime" },
  ])("answers $error to $locked at $sequence in version $version", (row) => {
    const { locked, sequence, version, error } = row;
    const scriptPubKey = `${locked} CHECKSEQUENCEVERIFY DROP 1`;
    const spend = { scriptPubKey, sequence, tx: { version }, flags: "CHECKSEQUENCEVERIFY" };
    expect(errorsOf(spend)).toEqual(same(error));
  });
});

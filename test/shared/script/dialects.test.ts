import { bytesToHex, concatBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { hash160 } from "#shared/crypto/hashes.ts";
import { amount } from "#shared/primitives/brand.ts";
import { canonicalPush, plainPush } from "#shared/script/push.ts";
import { ScriptStack } from "#shared/script/script-stack.ts";
import { signatureHash } from "#shared/script/signature-hash.ts";
import { scriptOfAsm } from "../../support/script-asm.ts";
import { publicKeyOf, signDigest } from "../../support/sign.ts";
import { errorsOf, judgeSpend, transactionOf } from "../../support/spend.ts";

const KEY = publicKeyOf(1);
const hex = (bytes: Uint8Array) => `0x${bytesToHex(bytes)}`;
const same = (error: string) => ({ exos: error, bitcoin: error });

describe("the first reserved opcode", () => {
  it("is OP_CHECKLOCKTIMEVERIFY on EXOS networks", () => {
    const flags = "CHECKLOCKTIMEVERIFY";
    const spend = { scriptSig: "7", scriptPubKey: "NOP1", flags };
    expect(errorsOf(spend)).toEqual({ exos: "UnsatisfiedLockTime", bitcoin: "OK" });
    expect(errorsOf({ ...spend, tx: { lockTime: 7 } })).toEqual(same("OK"));
    expect(errorsOf({ ...spend, flags: "" })).toEqual(same("OK"));
    expect(errorsOf({ ...spend, flags: "DISCOURAGE_UPGRADABLE_NOPS" })).toEqual(
      same("DiscourageUpgradableNops"),
    );
  });
});

describe("the last reserved opcode", () => {
  const spend = { scriptPubKey: "NOP10 1" };
  const flags = "CHECKCOLDSTAKEVERIFY";
  const empty = { value: amount(0n), scriptPubKey: new Uint8Array(0) };
  const coinstake = { outputs: [empty, empty] };

  it("demands a coinstake on EXOS networks, once it is in force", () => {
    expect(errorsOf(spend)).toEqual(same("OK"));
    expect(errorsOf({ ...spend, flags })).toEqual({ exos: "CheckColdStakeVerify", bitcoin: "OK" });
    expect(errorsOf({ ...spend, flags, tx: coinstake })).toEqual(same("OK"));
    const discouraged = { ...spend, flags: "DISCOURAGE_UPGRADABLE_NOPS" };
    expect(errorsOf(discouraged)).toEqual(same("DiscourageUpgradableNops"));
  });

  it("tells that it was run, not that it is there", () => {
    const judge = (scriptPubKey: string) =>
      judgeSpend({ scriptPubKey, flags, tx: coinstake, dialect: "exos" }).coldStake;
    expect(judge("NOP10 1")).toBe(true);
    expect(judge("0 IF NOP10 ENDIF 1")).toBe(false);
    expect(judge("1 NOP10 0")).toBe(true);
  });
});

describe("taking an item out of the middle", () => {
  const items = (count: number) => Array.from({ length: count }, () => "1").join(" ");

  it.each([
    [15, "OK"],
    [16, "UnknownError"],
    [17, "OK"],
    [31, "OK"],
    [32, "UnknownError"],
    [33, "OK"],
    [64, "UnknownError"],
    [128, "UnknownError"],
    [256, "UnknownError"],
    [512, "UnknownError"],
  ])("of a stack of %i: %s in the reference of EXOS", (count, exos) => {
    for (const operation of ["NIP", "2ROT"]) {
      const spend = { scriptSig: items(count), scriptPubKey: operation };
      expect(errorsOf(spend), operation).toEqual({ exos, bitcoin: "OK" });
    }
  });

  it("fails only where the stack was never larger", () => {
    expect(errorsOf({ scriptSig: items(17), scriptPubKey: "DROP NIP" })).toEqual(same("OK"));
    expect(errorsOf({ scriptSig: items(16), scriptPubKey: "DROP 1 NIP" })).toEqual({
      exos: "UnknownError",
      bitcoin: "OK",
    });
    const rolled = { scriptSig: items(16), scriptPubKey: "ROT SWAP 2SWAP TUCK 3 ROLL" };
    expect(errorsOf(rolled)).toEqual(same("OK"));
  });

  it("remembers the size through the copy that a script hash needs", () => {
    const redeem = scriptOfAsm("NIP");
    const scriptPubKey = `HASH160 ${hex(plainPush(hash160(redeem)))} EQUAL`;
    const nested = (count: number) =>
      errorsOf({
        scriptSig: `${items(count)} ${hex(plainPush(redeem))}`,
        scriptPubKey,
        flags: "P2SH",
      });
    // Sixteen items and the script made the room for 32.
    expect(nested(16)).toEqual(same("OK"));
    expect(nested(32)).toEqual(same("OK"));
    // The script is still one item when sixteen is the most there ever was.
    expect(nested(15)).toEqual(same("OK"));
  });

  it("is told by the stack itself", () => {
    const stack = new ScriptStack();
    for (let count = 1; count <= 16; count++) {
      expect(stack.full, `${count - 1} items`).toBe(false);
      stack.push(new Uint8Array(0));
    }
    expect(stack.full).toBe(true);
    expect(stack.copy().full).toBe(true);
    stack.pop();
    expect(stack.full).toBe(false);
    expect(() => stack.top(16)).toThrow(RangeError);
    stack.clear();
    expect(() => stack.pop()).toThrow(RangeError);
  });
});

describe("a soft fork that is not in force", () => {
  it.each(["CHECKLOCKTIMEVERIFY", "CHECKSEQUENCEVERIFY"])("%s is discouraged by EXOS", (name) => {
    const spend = { scriptPubKey: `1 ${name}` };
    expect(errorsOf(spend)).toEqual(same("OK"));
    expect(errorsOf({ ...spend, flags: "DISCOURAGE_UPGRADABLE_NOPS" })).toEqual({
      exos: "DiscourageUpgradableNops",
      bitcoin: "OK",
    });
  });
});

describe("a push that is cut off", () => {
  it("is bad where it is executed, and to Bitcoin Core anywhere", () => {
    expect(errorsOf({ scriptPubKey: "1 0x05 0xaa" })).toEqual(same("BadOpCode"));
    expect(errorsOf({ scriptPubKey: "1 0 IF 0x05 0xaa" })).toEqual({
      exos: "UnbalancedConditional",
      bitcoin: "BadOpCode",
    });
    const flags = "SIGPUSHONLY";
    expect(errorsOf({ scriptSig: "0x05 0xaa", scriptPubKey: "1", flags })).toEqual({
      exos: "BadOpCode",
      bitcoin: "SigPushOnly",
    });
  });
});

describe("OP_RESERVED in an input", () => {
  it("is a push to Bitcoin Core alone", () => {
    const spend = { scriptSig: "0 IF RESERVED ENDIF 1", scriptPubKey: "1" };
    expect(errorsOf({ ...spend, flags: "SIGPUSHONLY" })).toEqual(same("SigPushOnly"));
    const reserved = { scriptSig: "RESERVED", scriptPubKey: "1", flags: "SIGPUSHONLY" };
    expect(errorsOf(reserved)).toEqual({ exos: "SigPushOnly", bitcoin: "BadOpCode" });
  });
});

describe("a signature in the script that it signs", () => {
  /** A script that holds its own signature in some form, and would be true without it. */
  function selfSigned(form: (signature: Uint8Array) => Uint8Array, dialect: "exos" | "bitcoin") {
    const rest = scriptOfAsm(`DROP ${hex(plainPush(KEY))} CHECKSIG`);
    const context = { tx: transactionOf({}), index: 0, scriptCode: rest, hashType: 1 };
    const digest = signatureHash(context, dialect === "exos");
    const signature = Uint8Array.of(...signDigest(1, digest), 1);
    const scriptPubKey = hex(concatBytes(form(signature), rest));
    return { spend: { scriptSig: hex(plainPush(signature)), scriptPubKey, dialect }, signature };
  }

  it("is taken out of it", () => {
    for (const dialect of ["exos", "bitcoin"] as const) {
      const { spend } = selfSigned(plainPush, dialect);
      expect(judgeSpend(spend).error).toBeUndefined();
    }
    const constant = { ...selfSigned(plainPush, "bitcoin").spend, flags: "CONST_SCRIPTCODE" };
    expect(judgeSpend(constant).error).toBe("SigFindAndDelete");
  });

  it("stays in it in any longer form", () => {
    const longer = (signature: Uint8Array) =>
      Uint8Array.of(0x4d, signature.length, 0, ...signature);
    for (const dialect of ["exos", "bitcoin"] as const) {
      expect(judgeSpend(selfSigned(longer, dialect).spend).error).toBe("EvalFalse");
    }
  });

  it("of one small byte is looked for in the form of the dialect", () => {
    const scripts = { scriptSig: "0x01 0x05", flags: "CONST_SCRIPTCODE" };
    const opcode = { ...scripts, scriptPubKey: `5 DROP ${hex(plainPush(KEY))} CHECKSIG NOT` };
    expect(errorsOf(opcode)).toEqual({ exos: "SigFindAndDelete", bitcoin: "OK" });
    const pushed = {
      ...scripts,
      scriptPubKey: `0x01 0x05 DROP ${hex(plainPush(KEY))} CHECKSIG NOT`,
    };
    expect(errorsOf(pushed)).toEqual({ exos: "OK", bitcoin: "SigFindAndDelete" });
    expect(canonicalPush(Uint8Array.of(5))).toEqual(Uint8Array.of(0x55));
  });

  it("that is empty takes zeros out in Bitcoin Core alone", () => {
    const flags = "CONST_SCRIPTCODE";
    const scriptPubKey = `0 DROP ${hex(plainPush(KEY))} CHECKSIG NOT`;
    expect(errorsOf({ scriptSig: "0", scriptPubKey, flags })).toEqual({
      exos: "OK",
      bitcoin: "SigFindAndDelete",
    });
    const several = `0 DROP 1 ${hex(plainPush(KEY))} 1 CHECKMULTISIG NOT`;
    expect(errorsOf({ scriptSig: "0 0", scriptPubKey: several, flags })).toEqual({
      exos: "OK",
      bitcoin: "SigFindAndDelete",
    });
  });
});

describe("a signature that strict DER does not allow", () => {
  const scriptPubKey = `${hex(plainPush(KEY))} CHECKSIG`;

  /** r and s in lengths of one byte, whatever they need, and a false length of the whole. */
  function spendWith(
    form: (r: Uint8Array, s: Uint8Array) => Uint8Array,
    dialect: "exos" | "bitcoin",
  ) {
    const scriptCode = scriptOfAsm(scriptPubKey);
    const context = { tx: transactionOf({}), index: 0, scriptCode, hashType: 1 };
    const der = signDigest(1, signatureHash(context, dialect === "exos"));
    const sizeR = der[3] ?? 0;
    const signature = form(der.subarray(4, 4 + sizeR), der.subarray(6 + sizeR));
    return judgeSpend({ scriptSig: hex(plainPush(signature)), scriptPubKey, dialect }).error;
  }
  const short = (r: Uint8Array, s: Uint8Array) =>
    Uint8Array.of(0x30, 0, 2, r.length, ...r, 2, s.length, ...s, 1);

  it("is read by its lengths", () => {
    expect([spendWith(short, "exos"), spendWith(short, "bitcoin")]).toEqual([undefined, undefined]);
  });

  it("is read again by EXOS where an old OpenSSL would have, when it failed", () => {
    // A length of two bytes: the second reading takes the first of them for the whole length.
    const twoBytes = (r: Uint8Array, s: Uint8Array) =>
      Uint8Array.of(0x30, 0, 2, 0x81, r.length, ...r, 2, s.length, ...s.map((byte) => byte ^ 1), 1);
    expect([spendWith(twoBytes, "exos"), spendWith(twoBytes, "bitcoin")]).toEqual([
      "UnknownError",
      "EvalFalse",
    ]);
    // Wrong numbers where lengths are, and nothing beyond the end.
    const wrong = (r: Uint8Array, s: Uint8Array) =>
      short(
        r.map((byte) => byte ^ 1),
        s,
      );
    expect([spendWith(wrong, "exos"), spendWith(wrong, "bitcoin")]).toEqual([
      "EvalFalse",
      "EvalFalse",
    ]);
    const long = (_: Uint8Array, s: Uint8Array) => short(new Uint8Array(40).fill(1), s);
    expect(spendWith(long, "exos")).toBe("EvalFalse");
    // A length that reaches the hash type is no fault, and one that reaches further is.
    const reaching = (r: Uint8Array, s: Uint8Array) => {
      const signature = short(r, s);
      return signature.with(5 + r.length, s.length + 1);
    };
    expect([spendWith(reaching, "exos"), spendWith(reaching, "bitcoin")]).toEqual([
      "EvalFalse",
      "EvalFalse",
    ]);
    const zero = (_: Uint8Array, s: Uint8Array) => short(new Uint8Array(3), s);
    expect(spendWith(zero, "exos")).toBe("EvalFalse");
  });

  it("is an error in several, of which each is tried likewise", () => {
    const several = `1 ${hex(plainPush(KEY))} 1 CHECKMULTISIG`;
    const bad = Uint8Array.of(0x30, 0, 2, 0x81, 1, 1, 2, 1, 1, 1);
    const spend = { scriptSig: `0 ${hex(plainPush(bad))}`, scriptPubKey: several };
    expect(errorsOf(spend)).toEqual({ exos: "UnknownError", bitcoin: "EvalFalse" });
    const noKey = {
      ...spend,
      scriptPubKey: `1 ${hex(plainPush(KEY.subarray(1)))} 1 CHECKMULTISIG`,
    };
    expect(errorsOf(noKey)).toEqual(same("EvalFalse"));
  });
});

describe("a witness", () => {
  it("of version 1 with 32 bytes is nobody's to Bitcoin Core, unless nested", () => {
    const program = `1 0x20 0x${"11".repeat(32)}`;
    const flags = "P2SH,WITNESS,DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM";
    const spend = { scriptPubKey: program, witness: [Uint8Array.of(1)], flags };
    const refused = "DiscourageUpgradableWitnessProgram";
    expect(errorsOf(spend)).toEqual({ exos: refused, bitcoin: "OK" });
    expect(errorsOf({ ...spend, flags: "P2SH,WITNESS" })).toEqual(same("OK"));
    const other = { ...spend, scriptPubKey: `2 0x20 0x${"11".repeat(32)}` };
    expect(errorsOf(other)).toEqual(same(refused));

    const redeem = scriptOfAsm(program);
    const nested = {
      ...spend,
      scriptSig: hex(plainPush(redeem)),
      scriptPubKey: `HASH160 ${hex(plainPush(hash160(redeem)))} EQUAL`,
    };
    expect(errorsOf(nested)).toEqual(same(refused));
  });

  it("of a program longer than 32 bytes is none to EXOS", () => {
    const spend = { scriptPubKey: `0 0x21 0x${"11".repeat(33)}`, flags: "P2SH,WITNESS" };
    expect(errorsOf(spend)).toEqual({ exos: "OK", bitcoin: "WitnessProgramWrongLength" });
  });

  it("is unexpected where no program asks for it", () => {
    const spend = { scriptPubKey: "1", witness: [Uint8Array.of(1)], flags: "P2SH,WITNESS" };
    expect(errorsOf(spend)).toEqual(same("WitnessUnexpected"));
    expect(errorsOf({ ...spend, flags: "P2SH" })).toEqual(same("OK"));
  });
});

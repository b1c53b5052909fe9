import { describe, expect, it } from "vitest";
import { hash160 } from "#shared/crypto/hashes.ts";
import { fromHex, toHex } from "#shared/primitives/hex.ts";
import { ownerScript, stakerOf, stakerScript } from "#shared/script/owner-script.ts";

const hot = "aa".repeat(20);
const cold = "bb".repeat(20);
const coldStake = `76a97b63b914${hot}6714${cold}6888ac`;
const key = `02${"11".repeat(32)}`;
const longKey = `04${"22".repeat(64)}`;
const ofHash = (hash: string) => `76a914${hash}88ac`;
const ofKey = (hex: string) => ofHash(toHex(hash160(fromHex(hex))));

describe("the owner of a script", () => {
  it.each([
    ["a compressed key", `21${key}ac`, ofKey(key)],
    ["an uncompressed key", `41${longKey}ac`, ofKey(longKey)],
    ["cold staking, by the key that may spend", coldStake, ofHash(cold)],
    ["a key's hash", ofHash(hot), ofHash(hot)],
  ])("is the hash of a key for %s", (_, script, owner) => {
    expect(toHex(ownerScript(fromHex(script)))).toBe(owner);
  });

  it.each([
    ["the empty script", ""],
    ["a script hash", `a914${hot}87`],
    ["a key without its OP_CHECKSIG", `21${key}ad`],
    ["a key that is one byte short", `21${key.slice(2)}ac`],
    ["an uncompressed key that is one byte long", `41${longKey}00ac`],
    ["cold staking with a byte after it", `${coldStake}00`],
    ["cold staking with another opcode first", coldStake.replace(/^76a97b63b9/, "76a97b63b8")],
    ["cold staking without its OP_ELSE", coldStake.replace("6714", "6614")],
    ["cold staking with another end", coldStake.replace(/6888ac$/, "6888ad")],
  ])("is the script itself for %s", (_, script) => {
    expect(toHex(ownerScript(fromHex(script)))).toBe(script);
  });
});

describe("the staker of a script", () => {
  const nobody = "00".repeat(20);
  const staker = coldStake.replace(cold, nobody);

  it("is the cold-staking script with nobody's cold key, which is its own owner", () => {
    expect(toHex(stakerScript(fromHex(hot)))).toBe(staker);
    expect(stakerOf(fromHex(coldStake))).toEqual(stakerScript(fromHex(hot)));
    expect(toHex(ownerScript(fromHex(staker)))).toBe(staker);
  });

  it.each([
    ["a key's hash", ofHash(hot)],
    ["the empty script", ""],
    ["cold staking with a byte after it", `${coldStake}00`],
  ])("is nobody for %s", (_, script) => {
    expect(stakerOf(fromHex(script))).toBeUndefined();
  });
});

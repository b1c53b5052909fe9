import { bytesToHex } from "@noble/hashes/utils.js";
import { expect, it } from "vitest";
import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import type { ScriptJob } from "#shared/consensus/judge-env.ts";
import type { ScriptVerifier } from "#shared/ports/script-verifier.ts";
import { amount } from "#shared/primitives/brand.ts";
import { plainPush } from "#shared/script/push.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import { signatureHash } from "#shared/script/signature-hash.ts";
import { scriptOfAsm } from "../support/script-asm.ts";
import { publicKeyOf, signDigest } from "../support/sign.ts";
import { transactionOf } from "../support/spend.ts";
import { EXOS_WIRE } from "../support/wires.ts";

const KEY = `0x${bytesToHex(plainPush(publicKeyOf(1)))} CHECKSIG`;
const EMPTY = { value: amount(0n), scriptPubKey: new Uint8Array(0) };

/** A transaction whose inputs spend these scripts, those of the key signed by this number. */
function jobOf(scripts: readonly string[], signer = 1): ScriptJob {
  const prevouts = scripts.map((script) => ({
    value: amount(1n),
    scriptPubKey: scriptOfAsm(script),
  }));
  const [input] = transactionOf({}).inputs;
  const plain = transactionOf({
    tx: { inputs: scripts.flatMap(() => input ?? []), outputs: [EMPTY, EMPTY] },
  });
  const inputs = plain.inputs.map((own, index) => {
    if (scripts[index] !== KEY) return own;
    const scriptCode = scriptOfAsm(KEY);
    const digest = signatureHash({ tx: plain, index, scriptCode, hashType: 1 }, true);
    return { ...own, scriptSig: plainPush(Uint8Array.of(...signDigest(signer, digest), 1)) };
  });
  const tx = hashTransaction({ ...plain, inputs }, EXOS_WIRE);
  return { tx, prevouts, flags: ScriptFlags.DERSIG | ScriptFlags.CHECKCOLDSTAKEVERIFY };
}

/** What every verifier of an EXOS network promises. */
export function scriptVerifierContract(open: () => ScriptVerifier & AsyncDisposable): void {
  const good = { error: undefined, coldStake: false };

  it("answers for each transaction in order, whatever the others are", async () => {
    await using verifier = open();
    const outcomes = await verifier.verify([
      jobOf([KEY, KEY]),
      jobOf([KEY], 2),
      jobOf(["1", "NOP10 1"]),
      jobOf([KEY, "0", KEY]),
      jobOf([KEY]),
    ]);
    const failed = { error: "EvalFalse", coldStake: false };
    expect(outcomes).toEqual([good, failed, { error: undefined, coldStake: true }, failed, good]);
  });

  it("names the first input that fails, and nothing behind it", async () => {
    await using verifier = open();
    const [outcome] = await verifier.verify([jobOf(["1", "RETURN", "0", "NOP10 1"])]);
    expect(outcome).toEqual({ error: "OpReturn", coldStake: false });
  });

  it("answers a whole block, and nothing to nothing", async () => {
    await using verifier = open();
    expect(await verifier.verify([])).toEqual([]);
    const jobs = Array.from({ length: 150 }, (_, index) => jobOf(["1", index === 149 ? "0" : "1"]));
    const outcomes = await verifier.verify(jobs);
    expect(outcomes.slice(0, 149)).toEqual(jobs.slice(0, 149).map(() => good));
    expect(outcomes[149]?.error).toBe("EvalFalse");
  });

  it("answers for a transaction of many inputs as for one of few", async () => {
    await using verifier = open();
    const many = (scripts: Readonly<Record<number, string>>) =>
      jobOf(Array.from({ length: 100 }, (_, index) => scripts[index] ?? "1"));
    const outcomes = await verifier.verify([
      many({ 40: KEY, 99: KEY }),
      many({ 3: "NOP10 1", 70: "1" }),
      many({ 33: "NOP10 1", 70: "RETURN", 98: "0" }),
      many({ 70: "0", 71: "NOP10 1" }),
      many({}),
    ]);
    expect(outcomes).toEqual([
      good,
      { error: undefined, coldStake: true },
      { error: "OpReturn", coldStake: true },
      { error: "EvalFalse", coldStake: false },
      good,
    ]);
  });

  it("answers small blocks that are asked one right behind the other, each its own", async () => {
    await using verifier = open();
    const failing = { error: "EvalFalse", coldStake: false };
    const asked = Array.from({ length: 100 }, (_, index) => [
      jobOf(["1"]),
      jobOf(["1", index % 7 === 0 ? "0" : "1"]),
    ]);
    const answers = await Promise.all(asked.map((jobs) => verifier.verify(jobs)));
    const expected = asked.map((_, index) => [good, index % 7 === 0 ? failing : good]);
    expect(answers.map((one) => one.map(({ error, coldStake }) => ({ error, coldStake })))).toEqual(
      expected,
    );
  });
}

import { describe, expect, it } from "vitest";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeTransaction } from "#shared/codec/encode-transaction.ts";
import { parseStakeAnswered } from "#shared/messages/stake-signing.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import { verifyInputs } from "#shared/script/verify-inputs.ts";
import { SWEEP_INPUTS_MAX, sweepFee } from "#shared/wallet/check-sweep.ts";
import { output } from "../../support/block-builder.ts";
import { OTHER } from "../../support/rich-chain.ts";
import { createSigningCity } from "../../support/signing-city.ts";

const SWEEP_SCRIPT = OTHER.payToHash;

/** A city whose money may be swept, and an honest sweep of its one coin. */
async function openCity(options: Parameters<typeof createSigningCity>[0] = {}) {
  const city = await createSigningCity({ sweepScript: SWEEP_SCRIPT, ...options });
  const { kernel, params } = city;
  const fee = sweepFee([kernel.coin], SWEEP_SCRIPT, params.dialect);
  const prevout = kernel.outpoint;
  const input = { prevout, scriptSig: new Uint8Array(0), sequence: 0xffff_ffff, witness: [] };
  const honest: Transaction = {
    version: 1,
    time: kernel.coin.time,
    inputs: [input],
    outputs: [output(kernel.coin.value - fee, SWEEP_SCRIPT)],
    lockTime: 0,
  };
  const encode = (change: Partial<Transaction> = {}) =>
    encodeTransaction({ ...honest, ...change }, params.wire, { witness: false });
  return { ...city, fee, honest, input, encode };
}

describe("signing a sweep", () => {
  it("takes the key's own coin to the one address, and nothing else about it is changed", async () => {
    const { sweep, encode, honest, params, kernel, kms } = await openCity();
    const signed = await sweep(encode());
    const decoded = decodeTransaction(signed.ok ? signed.value : new Uint8Array(0), params.wire);
    if (!decoded.ok) throw new RangeError("no transaction");
    const tx = decoded.value;
    expect(tx.outputs).toEqual(honest.outputs);
    expect(tx.inputs.map(({ prevout }) => prevout)).toEqual([kernel.outpoint]);
    const { value, scriptPubKey } = kernel.coin;
    const flags = ScriptFlags.P2SH | ScriptFlags.LOW_S | ScriptFlags.CLEANSTACK;
    const input = { tx, index: 0, value, scriptPubKey, flags, dialect: params.dialect };
    expect(verifyInputs([input])).toMatchObject([{ error: undefined }]);
    expect(kms.signatures).toHaveLength(1);
  });

  it("refuses every other shape by name, and asks no key for it", async () => {
    const { sweep, encode, fee, honest, input, kernel, kms } = await openCity();
    const { value } = kernel.coin;
    const paid = (units: bigint, script = SWEEP_SCRIPT) => ({ outputs: [output(units, script)] });
    const strange = { ...input, prevout: { ...input.prevout, index: 77 } };
    const many = Array.from({ length: SWEEP_INPUTS_MAX + 1 }, (_, index) => ({
      ...input,
      prevout: { ...input.prevout, index },
    }));
    const rows: readonly (readonly [string, Partial<Transaction>])[] = [
      ["pays elsewhere", paid(value - fee, OTHER.payToKey)],
      ["2 outputs", { outputs: [...honest.outputs, output(1n, SWEEP_SCRIPT)] }],
      ["2 outputs", { outputs: [output(1n, OTHER.payToHash), ...honest.outputs] }],
      ["0 outputs", { outputs: [] }],
      ["above the ceiling", paid(value - 2n * fee - 1n)],
      ["its coins hold", paid(value + 1n)],
      ["its coins hold", paid(0n)],
      ["its coins hold", paid(-1n)],
      ["no coin of the chain", { inputs: [strange] }],
      ["no coin of the chain", { inputs: [input, strange] }],
      ["a coin twice", { inputs: [input, input] }],
      [`${many.length} coins`, { inputs: many }],
    ];
    for (const [sentence, change] of rows) {
      const answer = await sweep(encode(change));
      expect(answer, sentence).toMatchObject({
        ok: false,
        error: { code: "EXOS-E5016", message: expect.stringContaining(sentence) },
      });
    }
    expect(await sweep(Uint8Array.of(1, 2))).toMatchObject({ ok: false });
    expect(kms.signatures).toEqual([]);
    // Both sides of the ceiling.
    expect(await sweep(encode(paid(value - 2n * fee)))).toMatchObject({ ok: true });
    expect(await sweep(encode(paid(value)))).toMatchObject({ ok: true });
  });

  it("refuses a coin that is spent, one of another key, and all where no address was fixed", async () => {
    const own = await openCity();
    const spent = await openCity({ isSpent: true });
    expect(await spent.sweep(own.encode())).toMatchObject({ error: { code: "EXOS-E5016" } });
    const closed = await openCity({ sweepScript: undefined });
    expect(await closed.sweep(own.encode())).toMatchObject({
      error: { code: "EXOS-E5016", message: expect.stringContaining("no address") },
    });
    const foreign = await openCity({ keyOf: new Uint8Array(32).fill(9) });
    expect(await foreign.sweep(own.encode())).toMatchObject({ error: { code: "EXOS-E5017" } });
    expect([own, spent, closed, foreign].flatMap(({ kms }) => kms.signatures)).toEqual([]);
  });

  it("is answered as text, and never as a stake", async () => {
    const { answer, encode, template } = await openCity();
    const ask = (transaction: Uint8Array) =>
      answer({ v: 1, kind: "sweep", transaction: Buffer.from(transaction).toString("base64") });
    expect(parseStakeAnswered(await ask(encode()))).toMatchObject({ kind: "swept" });
    const elsewhere = encode({ outputs: [output(1n, OTHER.payToKey)] });
    expect(parseStakeAnswered(await ask(elsewhere))).toMatchObject({
      kind: "refused",
      code: "EXOS-E5016",
    });
    const [, coinstake] = template.transactions;
    expect(parseStakeAnswered(await ask(encode(coinstake)))).toMatchObject({ kind: "refused" });
  });
});

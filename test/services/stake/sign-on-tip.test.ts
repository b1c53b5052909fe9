import { describe, expect, it } from "vitest";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { encodeHeader } from "#shared/codec/header.ts";
import { judgeIntegrity } from "#shared/consensus/judge-integrity.ts";
import { parseStakeAnswered } from "#shared/messages/stake-signing.ts";
import type { Block } from "#shared/primitives/block.ts";
import { amount, compactBits } from "#shared/primitives/brand.ts";
import { toHex } from "#shared/primitives/hex.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { output } from "../../support/block-builder.ts";
import { OTHER } from "../../support/rich-chain.ts";
import { createSigningCity as createCity } from "../../support/signing-city.ts";

describe("signing a stake on the tip", () => {
  it("signs a template that gives back what the chain says the kernel is", async () => {
    const { sign, encode, template, params, kms } = await createCity();
    const signed = await sign(encode(template));
    const block = decodeBlock(signed.ok ? signed.value : new Uint8Array(0), params.wire);
    if (!block.ok) throw new RangeError("no block");
    expect(judgeIntegrity(block.value, params)).toBeUndefined();
    expect(block.value.transactions).toHaveLength(template.transactions.length);
    expect(kms.signatures).toHaveLength(2);
  });

  it("signs nothing that pays elsewhere, holds back or claims more, and asks no key for it", async () => {
    const { sign, withCoinstake, kms } = await createCity();
    const last = (tx: HashedTransaction) => tx.outputs.at(-1)?.value ?? amount(0n);
    const changes: ((tx: HashedTransaction) => Partial<HashedTransaction>)[] = [
      (tx) => ({ outputs: [...tx.outputs.slice(0, -1), output(last(tx), OTHER.payToKey)] }),
      (tx) => {
        const script = tx.outputs.at(-1)?.scriptPubKey ?? OTHER.payToKey;
        const kept = [output(last(tx) - 1n, script), output(1n, OTHER.payToHash)];
        return { outputs: [...tx.outputs.slice(0, -1), ...kept] };
      },
      ...[1n, -1n].map((more) => (tx: HashedTransaction) => {
        const script = tx.outputs.at(-1)?.scriptPubKey ?? OTHER.payToKey;
        return { outputs: [...tx.outputs.slice(0, -1), output(last(tx) + more, script)] };
      }),
      (tx) => ({ inputs: [...tx.inputs, ...tx.inputs] }),
      (tx) => ({
        inputs: tx.inputs.map((input) => ({ ...input, prevout: { ...input.prevout, index: 77 } })),
      }),
    ];
    for (const [number, change] of changes.entries()) {
      const answer = await sign(withCoinstake(change));
      expect(answer, `change ${number}`).toMatchObject({
        ok: false,
        error: { code: "EXOS-E5016" },
      });
    }
    expect(kms.signatures).toEqual([]);
  });

  it("refuses another parent, another target, a spent kernel and what is no block", async () => {
    const { sign, encode, template, kms } = await createCity();
    const header = (change: Partial<Block["header"]>) => {
      const fields = { ...template.header, ...change };
      return encode({ ...template, header: { ...fields, bytes: encodeHeader(fields) } });
    };
    const refused = { ok: false, error: { code: "EXOS-E5016" } };
    const prev = new Uint8Array(32).fill(1) as typeof template.header.prev;
    expect(await sign(header({ prev }))).toMatchObject(refused);
    expect(await sign(header({ bits: compactBits(template.header.bits - 1) }))).toMatchObject(
      refused,
    );
    expect(await sign(Uint8Array.of(1, 2))).toMatchObject(refused);
    const other = await createCity({ isSpent: true });
    expect(await other.sign(encode(template))).toMatchObject(refused);
    expect([...kms.signatures, ...other.kms.signatures]).toEqual([]);
  });

  it("answers a question in text, and says why where it signs nothing", async () => {
    const { answer, encode, template, withCoinstake, publicKey } = await createCity();
    const ask = (block: Uint8Array) =>
      answer({ v: 1, kind: "template", block: Buffer.from(block).toString("base64") });
    expect(parseStakeAnswered(await ask(encode(template)))).toMatchObject({ kind: "signed" });
    const key = { kind: "key", publicKey: toHex(publicKey) };
    expect(parseStakeAnswered(await answer({ v: 1, kind: "key" }))).toMatchObject(key);
    const elsewhere = withCoinstake(({ outputs }) => ({
      outputs: [...outputs.slice(0, -1), output(1n, OTHER.payToKey)],
    }));
    const refused = { kind: "refused", code: "EXOS-E5016" };
    expect(parseStakeAnswered(await ask(elsewhere))).toMatchObject(refused);
    for (const asked of [undefined, {}, { v: 2 }, { v: 1, kind: "template", block: "?" }]) {
      expect(await answer(asked)).toMatchObject(refused);
    }
  });
});

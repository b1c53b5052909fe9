import { describe, expect, it } from "vitest";
import { answerSigning } from "#services/stake/answer-signing.ts";
import { signOnTip } from "#services/stake/sign-on-tip.ts";
import { createKmsKey } from "#shared/adapters/aws/kms-key.ts";
import { createMemoryCoinStore } from "#shared/adapters/embedded/memory-coin-store.ts";
import { createMemoryHeaderStore } from "#shared/adapters/embedded/memory-header-store.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { encodeHeader } from "#shared/codec/header.ts";
import { coinKeyOf, SLOTS_PER_ITEM, slotOf } from "#shared/coins/coin-key.ts";
import { baseMark } from "#shared/coins/mark.ts";
import { packOutputs } from "#shared/coins/pack-outputs.ts";
import { judgeIntegrity } from "#shared/consensus/judge-integrity.ts";
import { publicKeyOf } from "#shared/crypto/sign-digest.ts";
import { parseStakeAnswered } from "#shared/messages/stake-signing.ts";
import type { Block } from "#shared/primitives/block.ts";
import { amount, compactBits, height } from "#shared/primitives/brand.ts";
import { ZERO_HASH_HEX } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { standInKms } from "../../support/aws/stand-in-kms.ts";
import { output } from "../../support/block-builder.ts";
import { OTHER } from "../../support/rich-chain.ts";
import { stakeTemplate } from "../../support/stake-request.ts";

const SECRET = new Uint8Array(32).fill(7);
const NOWHERE = { kind: "derived", account: 0, branch: "external", index: 0 } as const;

/** A city whose chain ends where the template begins, and whose coin stakes. */
async function createCity({ isSpent = false } = {}) {
  const { request, chain, kernel } = stakeTemplate(publicKeyOf(SECRET), NOWHERE);
  const params = chain.network.consensus;
  const coins = createMemoryCoinStore("exos");
  const headers = createMemoryHeaderStore();
  await headers.put(chain.tip);
  const gone = { value: amount(0n), scriptPubKey: Uint8Array.of(0x6a) };
  const outputs = new Array(SLOTS_PER_ITEM)
    .fill(gone)
    .with(slotOf(kernel.outpoint.index), kernel.coin);
  const { time, kind } = kernel.coin;
  const key = coinKeyOf(kernel.outpoint.txid, kernel.outpoint.index);
  const created = { outputs: packOutputs(outputs), time, kind };
  const mark = baseMark(kernel.coin.height);
  await coins.apply(0, [{ key, mark, created, spent: isSpent ? 0xff : 0 }]);
  const win = [...new Array(chain.tip.height).fill(ZERO_HASH_HEX), chain.tip.hash];
  const zero = height(0);
  const { height: at, hash } = chain.tip;
  const view = { gen: 0, floor: zero, height: at, hash, work: 1n, base: zero, win };
  await coins.commit(0, { tip: { ...view, rev: 1, final: zero, mu: undefined }, frozen: [] });
  const kms = standInKms(SECRET);
  const deps = {
    network: chain.network,
    coins,
    headers,
    key: createKmsKey({ client: kms.client, key: "k" }),
  };
  const decoded = decodeBlock(request.block, params.wire);
  if (!decoded.ok) throw decoded.error;
  const template = decoded.value;
  return {
    kms,
    params,
    template,
    sign: (block: Uint8Array) => signOnTip(block, deps),
    answer: (asked: unknown) => answerSigning(asked, { ...deps, log: createMemoryLog() }),
    encode: (block: Block) => encodeBlock(block, params.wire),
    /** The template with another coinstake. */
    withCoinstake(
      change: (coinstake: HashedTransaction) => Partial<HashedTransaction>,
    ): Uint8Array {
      const [coinbase, coinstake, ...others] = template.transactions;
      if (coinbase === undefined || coinstake === undefined) throw new RangeError("no coinstake");
      const changed = hashTransaction({ ...coinstake, ...change(coinstake) }, params.wire);
      return encodeBlock(
        { ...template, transactions: [coinbase, changed, ...others] },
        params.wire,
      );
    },
  };
}

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
    const { answer, encode, template, withCoinstake } = await createCity();
    const ask = (block: Uint8Array) =>
      answer({ v: 1, kind: "template", block: Buffer.from(block).toString("base64") });
    expect(parseStakeAnswered(await ask(encode(template)))).toMatchObject({ kind: "signed" });
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

import { describe, expect, it } from "vitest";
import { buildCoinstake } from "#services/stake/build-coinstake.ts";
import { buildTemplate } from "#services/stake/build-template.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { encodeTransaction } from "#shared/codec/encode-transaction.ts";
import { outputSum } from "#shared/consensus/judge-spending.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { coinstakeOf } from "#shared/consensus/proof-kind.ts";
import { signingKey } from "#shared/consensus/signing-key.ts";
import type { Block } from "#shared/primitives/block.ts";
import { amount } from "#shared/primitives/brand.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { coldStakingOf } from "#shared/script/classify-script.ts";
import { loadChain } from "../../support/chain-file.ts";
import { JudgedChain } from "../../support/whole-judge.ts";

const recorded = loadChain("exos-regtest/chain.dat", 4);
const { consensus } = exosRegtest;
const NOTHING = new Uint8Array(0);

/** Fees of everything behind coinbase and coinstake; a child may stand in its parent's block. */
function feesOf(chain: JudgedChain, transactions: readonly HashedTransaction[]): bigint {
  const made = new Map(transactions.map((tx) => [tx.txid.join(), tx]));
  let fees = 0n;
  for (const tx of transactions) {
    for (const { prevout } of tx.inputs) {
      const own = made.get(prevout.txid.join())?.outputs[prevout.index]?.value;
      fees += own ?? chain.coins.coin(prevout)?.value ?? 0n;
    }
    fees -= outputSum(tx);
  }
  return fees;
}

/** What the recorded coinstake was, before it was signed. */
function unsigned(tx: HashedTransaction): Uint8Array {
  const inputs = tx.inputs.map((input) => ({ ...input, scriptSig: NOTHING }));
  return encodeTransaction({ ...tx, inputs }, consensus.wire, { witness: false });
}

/** The same, built by us from its kernel and what it pays. */
function rebuilt(chain: JudgedChain, tx: HashedTransaction): Uint8Array {
  const [outpoint] = tx.inputs.map(({ prevout }) => prevout);
  const coin = outpoint === undefined ? undefined : chain.coins.coin(outpoint);
  const publicKey = signingKey(tx.outputs[1]?.scriptPubKey ?? NOTHING);
  if (outpoint === undefined || coin === undefined || publicKey === undefined) return NOTHING;
  const branch = coldStakingOf(coin.scriptPubKey) === undefined ? "plain" : "hot";
  const plan = {
    kernel: { outpoint, coin, branch, publicKey },
    time: tx.time,
    value: amount(outputSum(tx)),
    isSplit: tx.outputs.length > 3,
  } as const;
  return encodeTransaction(buildCoinstake(plan), consensus.wire, { witness: false });
}

/** Header and coinbase of a recorded block, built by us from what else stands in it. */
function templateOf(chain: JudgedChain, block: Block) {
  const [coinbase, ...others] = block.transactions;
  const coinstake = coinstakeOf(block, consensus);
  const transactions = coinstake === undefined ? others : others.slice(1);
  const taken = { transactions, fees: amount(feesOf(chain, transactions)) };
  const script = coinbase?.outputs[0]?.scriptPubKey ?? NOTHING;
  const proof =
    coinstake === undefined
      ? ({ kind: "work", scripts: [script] } as const)
      : ({ kind: "stake", coinstake } as const);
  // The reference dates a miner's coinbase when it begins, its header when the block is made.
  const time = coinbase?.time ?? block.header.time;
  return buildTemplate(chain.tip, { time, taken, proof }, consensus);
}

describe("what the reference minted", () => {
  it.skipIf(recorded === undefined)(
    "is rebuilt byte for byte but for nonces and signatures, all 3,121 blocks of it",
    () => {
      const chain = new JudgedChain(exosRegtest);
      const shapes = { plain: 0, split: 0, cold: 0, coldSplit: 0 };
      for (const bytes of recorded ?? []) {
        const decoded = decodeBlock(bytes, consensus.wire);
        if (!decoded.ok) throw decoded.error;
        const block = decoded.value;
        const at = `height ${chain.tip.height + 1}`;
        const coinstake = coinstakeOf(block, consensus);
        const { header, transactions } = templateOf(chain, block);
        const { nonce, time, bytes: raw } = block.header;
        expect({ ...header, nonce, time, bytes: raw }, at).toEqual(block.header);
        expect(transactions[0]?.raw, at).toEqual(block.transactions[0]?.raw);
        if (coinstake !== undefined) {
          expect(rebuilt(chain, coinstake), at).toEqual(unsigned(coinstake));
          const kind = { 2: "plain", 9: "split", 3: "cold", 10: "coldSplit" } as const;
          const count = coinstake.outputs.length as keyof typeof kind; // no other was recorded
          shapes[kind[count]]++;
        }
        chain.append(block);
      }
      expect(shapes).toEqual({ plain: 274, split: 31, cold: 22, coldSplit: 4 });
    },
  );
});

import { describe, expect, it } from "vitest";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import type { Block } from "#shared/primitives/block.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import type { Transaction, TxOutput } from "#shared/primitives/transaction.ts";
import { signStake } from "#shared/wallet/sign-stake.ts";
import type { StakeRequest } from "#shared/wallet/signing.ts";
import { coldStakingScript, output, type Signer } from "../../support/block-builder.ts";
import { pay } from "../../support/provoke.ts";
import { OTHER, OWNER, RichChain } from "../../support/rich-chain.ts";
import { NO_KEY, OTHER_KEY, OWNER_KEY, testRing } from "../../support/test-rings.ts";
import { judgeWhole } from "../../support/whole-judge.ts";

const chain = new RichChain();
const { params } = chain.place;
const REWARD = 100_000_000n;
const EMPTY = output(0n, new Uint8Array(0));
const VALUE = chain.premine.coin.value;

const naming = ({ publicKey }: Signer) => Uint8Array.of(0x6a, 33, ...publicKey);

interface Change {
  readonly outputs?: readonly TxOutput[];
  readonly script?: Uint8Array;
  readonly key?: StakeRequest["kernel"]["key"];
  readonly fees?: bigint;
  readonly height?: number;
  coinstake?(tx: Transaction): Transaction;
  block?(block: Block): Partial<Block>;
}

/** A request as an honest minter makes it, with what is said changed. */
function requestOf(change: Change = {}): StakeRequest {
  const scriptPubKey = change.script ?? OWNER.payToKey;
  const granted = chain.grant({ value: VALUE, scriptPubKey });
  const payment = pay(chain, { time: unixSeconds(chain.now & ~15) });
  const honest = chain.stake({ transactions: [payment], signature: new Uint8Array(0) });
  const [coinbase, coinstake, ...others] = honest.transactions;
  if (coinbase === undefined || coinstake === undefined) throw new RangeError("no coinstake");
  const plain: Transaction = {
    ...coinstake,
    inputs: coinstake.inputs.map((input) => ({
      ...input,
      prevout: granted.outpoint,
      scriptSig: new Uint8Array(0),
    })),
    outputs: change.outputs ?? [EMPTY, output(VALUE + REWARD + 7n, OWNER.payToKey)],
  };
  const made = hashTransaction(change.coinstake?.(plain) ?? plain, params.wire);
  const template = { ...honest, transactions: [coinbase, made, ...others] };
  return {
    block: encodeBlock({ ...template, ...change.block?.(template) }, params.wire),
    kernel: { value: VALUE, scriptPubKey, key: change.key ?? OWNER_KEY },
    height: height(change.height ?? chain.tip.height + 1),
    fees: amount(change.fees ?? 7n),
  };
}

function answerTo(change: Change): string {
  const signed = signStake(requestOf(change), testRing(), params);
  return signed.ok ? "signed" : `${signed.error.code} ${signed.error.message}`;
}

const hotScript = coldStakingScript(OWNER, OTHER);

describe("the signing of a stake", () => {
  it.each([
    ["a payment to the key", OWNER.payToKey, [output(VALUE + REWARD + 7n, OWNER.payToKey)]],
    ["a payment to its hash", OWNER.payToHash, [output(VALUE + REWARD + 7n, OWNER.payToKey)]],
    [
      "one that is split",
      OWNER.payToHash,
      [
        output(VALUE + 6n, OWNER.payToKey),
        output(REWARD, OWNER.payToKey),
        output(1n, OWNER.payToHash),
      ],
    ],
    [
      "the hot branch",
      hotScript,
      [output(0n, naming(OWNER)), output(VALUE + REWARD + 7n, hotScript)],
    ],
  ])("makes a whole block that our judge takes: %s", (_, script, payments) => {
    const signed = signStake(
      requestOf({ script, outputs: [EMPTY, ...payments], fees: 7n }),
      testRing(),
      params,
    );
    if (!signed.ok) throw new RangeError(signed.error.message);
    const block = decodeBlock(signed.value, params.wire);
    if (!block.ok) throw block.error;
    expect(judgeWhole(block.value, chain.env(chain.now))).toBeUndefined();
    expect(block.value.transactions).toHaveLength(3);
  });

  it("hands no block out that our judge would refuse", () => {
    // With the payment twice, the root is that of a block with three transactions.
    const twice = ({ transactions }: Block) => ({
      transactions: [...transactions, ...transactions.slice(2)],
    });
    expect(() => signStake(requestOf({ block: twice }), testRing(), params)).toThrow(
      /^a block of ours fails: /,
    );
  });

  it.each<[string, Change, string]>([
    ["to another's key", { outputs: [EMPTY, output(VALUE + REWARD + 7n, OTHER.payToKey)] }, "name"],
    [
      "a part of it elsewhere",
      { outputs: [EMPTY, output(VALUE, OWNER.payToKey), output(REWARD + 7n, OTHER.payToHash)] },
      "elsewhere",
    ],
    [
      "to a script that another may spend",
      {
        outputs: [
          EMPTY,
          output(VALUE, OWNER.payToKey),
          output(REWARD + 7n, coldStakingScript(OTHER, OWNER)),
        ],
      },
      "elsewhere",
    ],
    [
      "to the hash of the key first",
      { outputs: [EMPTY, output(VALUE + REWARD + 7n, OWNER.payToHash)] },
      "name",
    ],
    ["a unit too much", { outputs: [EMPTY, output(VALUE + REWARD + 8n, OWNER.payToKey)] }, "hold"],
    [
      "a unit too little",
      { outputs: [EMPTY, output(VALUE + REWARD + 6n, OWNER.payToKey)] },
      "hold",
    ],
    [
      "fees below zero",
      { fees: -1n, outputs: [EMPTY, output(VALUE + REWARD - 1n, OWNER.payToKey)] },
      "Fees",
    ],
    [
      "nothing to an output",
      { outputs: [EMPTY, output(VALUE + REWARD + 7n, OWNER.payToKey), output(0n, OWNER.payToKey)] },
      "nothing",
    ],
    [
      "the hot key's coin to the hot key",
      {
        script: hotScript,
        outputs: [EMPTY, output(0n, naming(OWNER)), output(VALUE + REWARD + 7n, OWNER.payToKey)],
      },
      "elsewhere",
    ],
    [
      "coins with the name of the hot key",
      {
        script: hotScript,
        outputs: [EMPTY, output(1n, naming(OWNER)), output(VALUE + REWARD + 6n, hotScript)],
      },
      "burns",
    ],
    [
      "nobody's name for the hot branch",
      { script: hotScript, outputs: [EMPTY, output(VALUE + REWARD + 7n, hotScript)] },
      "name",
    ],
  ])("refuses to pay %s", (_, change, reason) => {
    expect(answerTo(change)).toMatch(new RegExp(`^EXOS-E5016 .*${reason}`));
  });

  it.each<[string, Change, string]>([
    [
      "a second input",
      { coinstake: (tx) => ({ ...tx, inputs: [...tx.inputs, ...tx.inputs] }) },
      "more than its kernel",
    ],
    [
      "another time than the block's",
      { coinstake: (tx) => ({ ...tx, time: unixSeconds(tx.time + 16) }) },
      "dated",
    ],
    [
      "no coinstake",
      { coinstake: (tx) => ({ ...tx, outputs: tx.outputs.slice(1) }) },
      "no coinstake",
    ],
    ["another height", { height: 500 }, "height 500"],
    ["a signature already", { block: () => ({ signature: new Uint8Array(70) }) }, "signed already"],
    [
      "a coinbase that pays",
      {
        block: ({ transactions: [first, ...rest] }) => ({
          transactions:
            first === undefined
              ? []
              : [
                  hashTransaction(
                    { ...first, outputs: [output(1n, OTHER.payToHash)] },
                    params.wire,
                  ),
                  ...rest,
                ],
        }),
      },
      "coinbase pays",
    ],
    [
      "a coinbase that is none",
      {
        block: ({ transactions: [, second, third] }) => ({
          transactions: [third, second, third].flatMap((tx) => tx ?? []),
        }),
      },
      "not one of height",
    ],
    ["no transactions", { block: () => ({ transactions: [] }) }, "no coinstake"],
  ])("refuses a block with %s", (_, change, reason) => {
    expect(answerTo(change)).toMatch(new RegExp(`^EXOS-E5016 .*${reason}`));
  });

  it("refuses bytes that are no block, and networks without stake", () => {
    const request = requestOf();
    const cut = signStake({ ...request, block: request.block.slice(0, 90) }, testRing(), params);
    expect(cut.ok || cut.error.code).toBe("EXOS-E5016");
    const none = { ...params, stake: bitcoinRegtest.consensus.stake };
    const other = signStake(request, testRing(), none);
    expect(other.ok || other.error.message).toContain("no proof of stake");
  });

  it("refuses a key that is not the kernel's, the cold key of a cold-staking coin too", () => {
    expect(answerTo({ key: NO_KEY })).toMatch(/^EXOS-E5017/);
    const payTo = (who: Signer) => [EMPTY, output(VALUE + REWARD + 7n, who.payToKey)];
    expect(answerTo({ key: OTHER_KEY, outputs: payTo(OTHER) })).toMatch(/^EXOS-E5016/);
    const asCold = [EMPTY, output(0n, naming(OTHER)), output(VALUE + REWARD + 7n, hotScript)];
    expect(answerTo({ script: hotScript, key: OTHER_KEY, outputs: asCold })).toMatch(/^EXOS-E5017/);
  });

  it.each([
    ["is gone", undefined, "a key is gone that was just there"],
    ["is another", OTHER_KEY, "a signature of ours fails"],
  ] as const)("hands nothing out where the key %s once it was named", (_, other, message) => {
    const ring = testRing();
    let uses = 0;
    const keys: typeof ring = {
      ...ring,
      use(path, work) {
        const key = uses++ === 0 ? path : other;
        return key && ring.use(key, work);
      },
    };
    expect(() => signStake(requestOf(), keys, params)).toThrow(message);
  });
});

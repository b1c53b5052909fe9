import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import { OP } from "#shared/script/opcodes.ts";
import { payToKeyHash } from "#shared/script/pay-to.ts";
import { leastValue } from "#shared/wallet/fee-rules.ts";
import type { PaymentPlan, PaymentRequest, SpendableCoin } from "#shared/wallet/payment.ts";
import { planPayment } from "#shared/wallet/plan-payment.ts";
import { signTransaction } from "#shared/wallet/sign-transaction.ts";
import { coldStakingScript, madeUpOutpoint, output } from "../../support/block-builder.ts";
import { OTHER, OWNER, RichChain } from "../../support/rich-chain.ts";
import { LONG_KEY, LONG_PUBLIC_KEY, OWNER_KEY, testRing } from "../../support/test-rings.ts";
import { judgeWhole } from "../../support/whole-judge.ts";

const params = exosRegtest.consensus;
const NOW = 1_600_001_000;
const COIN = 100_000_000n;

let made = 0;
function coin(value: bigint, change: Partial<SpendableCoin> = {}): SpendableCoin {
  return {
    outpoint: madeUpOutpoint(++made),
    value: amount(value),
    scriptPubKey: OWNER.payToHash,
    time: unixSeconds(NOW - 100),
    height: height(10),
    key: OWNER_KEY,
    ...change,
  };
}

function request(change: Partial<PaymentRequest> = {}): PaymentRequest {
  return {
    coins: [coin(COIN)],
    payments: [output(COIN / 2n, OTHER.payToHash)],
    changeScript: OWNER.payToHash,
    now: unixSeconds(NOW),
    ...change,
  };
}

function plan(change: Partial<PaymentRequest> = {}): PaymentPlan {
  const planned = planPayment(request(change), params);
  if (!planned.ok) throw new RangeError(planned.error.message);
  return planned.value;
}

function refusalOf(change: Partial<PaymentRequest>): string | undefined {
  const planned = planPayment(request(change), params);
  return planned.ok ? undefined : planned.error.code;
}

const valuesOf = ({ transaction }: PaymentPlan) => transaction.outputs.map(({ value }) => value);
const spentBy = ({ coins }: PaymentPlan) => coins.map(({ value }) => value);

describe("the choice of coins", () => {
  it("takes confirmed ones first, then the larger first, and no more than it needs", () => {
    const coins = [
      coin(9n * COIN, { height: undefined }),
      coin(1n * COIN),
      coin(3n * COIN),
      coin(2n * COIN),
    ];
    const paying = (value: bigint) =>
      spentBy(plan({ coins, payments: [output(value, OTHER.payToHash)] })).map((own) => own / COIN);
    expect(paying(2n * COIN)).toEqual([3n]);
    expect(paying(3n * COIN)).toEqual([3n, 2n]);
    expect(paying(6n * COIN)).toEqual([3n, 2n, 1n, 9n]);
  });

  it("takes them all where they are to be joined", () => {
    const coins = [coin(COIN), coin(COIN), coin(COIN)];
    const joined = plan({ coins, payments: [output(COIN, OTHER.payToHash)], spendAll: true });
    expect(spentBy(joined)).toHaveLength(3);
  });

  it("says what there is when it is too little, at the very unit", () => {
    const exactly = 60_000n;
    expect(
      refusalOf({ coins: [coin(exactly + 10_000n)], payments: [output(exactly, OTHER.payToHash)] }),
    ).toBeUndefined();
    expect(
      refusalOf({ coins: [coin(exactly + 9_999n)], payments: [output(exactly, OTHER.payToHash)] }),
    ).toBe("EXOS-E5012");
    expect(refusalOf({ coins: [] })).toBe("EXOS-E5012");
  });
});

describe("fee and change", () => {
  it("costs the rate for the signed size, and at least 10,000", () => {
    expect(plan().fee).toBe(10_000n);
    const coins = Array.from({ length: 20 }, () => coin(COIN));
    const large = plan({ coins, payments: [output(19n * COIN, OTHER.payToHash)] });
    const signed = signTransaction(large.signing, testRing(), params);
    if (!signed.ok) throw new RangeError(signed.error.message);
    const size = BigInt(signed.value.length);
    expect(large.fee * 1_000n).toBeGreaterThanOrEqual(size * 10_000n);
    // Signatures may be a byte or two longer, and imported keys 32.
    expect(large.fee * 1_000n).toBeLessThan((size + 35n * 20n + 10n) * 10_000n);
    expect(plan({ feeRate: amount(100_000n) }).fee).toBeGreaterThan(20_000n);
    expect(plan({ feeRate: amount(0n) }).fee).toBe(10_000n);
  });

  it("takes a derived key for compressed, and an imported one for what it may be", () => {
    const of = (key: SpendableCoin["key"]) =>
      plan({ coins: [coin(COIN, { key })], feeRate: amount(100_000n) }).fee;
    const derived = { kind: "derived", account: 0, branch: "external", index: 0 } as const;
    expect(of(OWNER_KEY) - of(derived)).toBe(3_200n);
  });

  it("brings change back unless it would be dust, which goes to the fee", () => {
    const paid = 50_000n;
    const change = (rest: bigint) =>
      plan({ coins: [coin(paid + 10_000n + rest)], payments: [output(paid, OTHER.payToHash)] });
    expect(valuesOf(change(5_460n))).toEqual([paid, 5_460n]);
    expect(change(5_460n).change).toBe(1);
    expect(valuesOf(change(5_459n))).toEqual([paid]);
    expect(change(5_459n)).toMatchObject({ fee: 15_459n, change: undefined });
  });

  it("puts the change where it is told to, but not outside", () => {
    const payments = [output(COIN / 10n, OTHER.payToHash), output(COIN / 5n, OTHER.payToHash)];
    expect([0, 1, 2, 99].map((changePlace) => plan({ payments, changePlace }).change)).toEqual([
      0, 1, 2, 2,
    ]);
  });

  it("lets payments bear the fee in equal parts, the first what does not divide", () => {
    const payments = [1n, 2n, 3n].map((part) => output((part * COIN) / 10n, OTHER.payToHash));
    const borne = plan({ payments, feeFrom: [2, 0, 1] });
    const shares = valuesOf(borne).map((value, index) => (payments[index]?.value ?? 0n) - value);
    expect(shares.slice(0, 3)).toEqual([3_333n, 3_333n, 3_334n]);
    expect(valuesOf(borne).at(-1)).toBe(COIN - (6n * COIN) / 10n);
  });

  it("sends everything when the payment bears the fee, and counts what is left as fee", () => {
    const all = plan({ payments: [output(COIN, OTHER.payToHash)], feeFrom: [0] });
    expect(valuesOf(all)).toEqual([COIN - 10_000n]);
    const nearly = plan({ payments: [output(COIN - 4_000n, OTHER.payToHash)], feeFrom: [0] });
    expect(valuesOf(nearly)).toEqual([COIN - 10_000n]);
    expect(nearly.fee).toBe(10_000n);
    expect(refusalOf({ payments: [output(COIN + 1n, OTHER.payToHash)], feeFrom: [0] })).toBe(
      "EXOS-E5012",
    );
    expect(refusalOf({ payments: [output(15_459n, OTHER.payToHash)], feeFrom: [0] })).toBe(
      "EXOS-E5013",
    );
  });

  it("stops at the ceiling, which can be moved", () => {
    const feeRate = amount(50_000_000n);
    expect(refusalOf({ feeRate })).toBe("EXOS-E5015");
    expect(plan({ feeRate, feeMax: amount(20_000_000n) }).fee).toBeGreaterThan(10_000_000n);
  });

  it("refuses what is too large to be relayed", () => {
    const coins = Array.from({ length: 700 }, () => coin(COIN));
    expect(refusalOf({ coins, payments: [output(699n * COIN, OTHER.payToHash)] })).toBe(
      "EXOS-E5018",
    );
  });

  it("holds for any coins: nothing is lost, no output is dust, the fee is at the rate", () => {
    const anyCoin = fc.bigInt(1n, 10n ** 12n);
    fc.assert(
      fc.property(
        fc.array(anyCoin, { minLength: 1, maxLength: 12 }),
        fc.array(anyCoin, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (coins, payments, isBorne) => {
          const planned = planPayment(
            request({
              coins: coins.map((value) => coin(value)),
              payments: payments.map((value) => output(value, OTHER.payToHash)),
              ...(isBorne ? { feeFrom: [0] } : {}),
            }),
            params,
          );
          if (!planned.ok) return;
          const spent = planned.value.coins.reduce((sum, { value }) => sum + value, 0n);
          const paid = valuesOf(planned.value).reduce((sum, value) => sum + value, 0n);
          expect(spent - paid).toBe(planned.value.fee);
          expect(planned.value.fee).toBeGreaterThanOrEqual(10_000n);
          expect(planned.value.fee).toBeLessThan(10_000n + 5_460n + 20_000n);
          for (const own of planned.value.transaction.outputs) {
            expect(own.value).toBeGreaterThanOrEqual(leastValue(own, "exos"));
          }
        },
      ),
    );
  });
});

describe("what is paid", () => {
  it.each([
    ["P2PKH", 5_460n, OTHER.payToHash],
    ["P2PK", 5_760n, OTHER.payToKey],
    ["cold staking", 6_240n, coldStakingScript(OWNER, OTHER)],
  ])("is no dust: %s from %s on", (_, least, script) => {
    expect(leastValue({ scriptPubKey: script }, "exos")).toBe(least);
    expect(refusalOf({ payments: [output(least, script)] })).toBeUndefined();
    expect(refusalOf({ payments: [output(least - 1n, script)] })).toBe("EXOS-E5013");
  });

  it("keeps data of 1 to 38 bytes in an output of no value", () => {
    const kept = plan({ data: new Uint8Array(38).fill(7) });
    expect(kept.transaction.outputs[1]?.scriptPubKey.length).toBe(40);
    expect(kept.transaction.outputs[1]?.scriptPubKey[0]).toBe(OP.OP_RETURN);
    expect(valuesOf(kept)[1]).toBe(0n);
    expect(valuesOf(plan({ payments: [], data: Uint8Array.of(1) }))).toEqual([0n, COIN - 10_000n]);
    expect(refusalOf({ data: new Uint8Array(39) })).toBe("EXOS-E5014");
    expect(refusalOf({ data: new Uint8Array(0) })).toBe("EXOS-E5014");
  });

  it.each([
    ["nothing", { payments: [] }],
    [
      "more than there is",
      { payments: [output(2n ** 62n, OTHER.payToHash), output(2n ** 62n, OTHER.payToHash)] },
    ],
    ["at a rate below zero", { feeRate: amount(-1n) }],
    ["with a fee from nobody", { feeFrom: [1] }],
    ["with a fee from one twice", { feeFrom: [0, 0] }],
  ] as const)("has a meaning: %s is refused", (_, change) => {
    expect(refusalOf(change)).toBe("EXOS-E5020");
  });
});

describe("the time of a payment", () => {
  it("is now, or that of its latest coin up to 15 s ahead", () => {
    const at = (time: number) => [coin(COIN, { time: unixSeconds(time) })];
    expect(plan().transaction.time).toBe(NOW);
    expect(plan({ coins: at(NOW + 15) }).transaction.time).toBe(NOW + 15);
    expect(refusalOf({ coins: at(NOW + 16) })).toBe("EXOS-E5019");
  });

  it("leaves coins of the future out where others do", () => {
    const coins = [coin(5n * COIN, { time: unixSeconds(NOW + 16) }), coin(COIN)];
    expect(spentBy(plan({ coins }))).toEqual([COIN]);
  });

  it("is 0 where transactions have none", () => {
    const planned = planPayment(request(), bitcoinRegtest.consensus);
    expect(planned.ok && planned.value.transaction.time).toBe(0);
  });
});

describe("a payment as the reference makes it", () => {
  it("has version 1, final sequences and no lock", () => {
    const { transaction } = plan();
    expect(transaction).toMatchObject({ version: 1, lockTime: 0 });
    expect(transaction.inputs.map(({ sequence }) => sequence)).toEqual([0xffff_ffff]);
    expect(plan({ replaceable: true }).transaction.inputs[0]?.sequence).toBe(0xffff_fffd);
  });

  it("passes our own judge in a block, whatever kinds of coin it spends", () => {
    const chain = new RichChain();
    const grant = (scriptPubKey: Uint8Array, key = OWNER_KEY): SpendableCoin => {
      const { outpoint, coin: own } = chain.grant({ scriptPubKey });
      return { outpoint, ...own, key };
    };
    const coins = [
      grant(OWNER.payToHash),
      grant(OWNER.payToKey),
      grant(coldStakingScript(OTHER, OWNER)),
      grant(longKeyScript(), LONG_KEY),
    ];
    const planned = plan({
      coins,
      payments: [output(399n * COIN, OTHER.payToHash)],
      now: unixSeconds(chain.now),
      data: new TextEncoder().encode("for the tea"),
    });
    expect(planned.coins).toHaveLength(4);
    const signed = signTransaction(planned.signing, testRing(), params);
    const tx = signed.ok ? decodeTransaction(signed.value, params.wire) : signed;
    if (!tx.ok) throw new RangeError(tx.error.message);
    const block = chain.work({ transactions: [tx.value] });
    expect(judgeWhole(block, chain.env(chain.now))).toBeUndefined();
  });
});

function longKeyScript(): Uint8Array {
  return payToKeyHash(hash160(LONG_PUBLIC_KEY));
}

import { describe, expect, it } from "vitest";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exos } from "#shared/consensus/networks/exos.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { checkNextFinal } from "#shared/consensus/policy/check-next-final.ts";
import { checkNotMinting } from "#shared/consensus/policy/check-not-minting.ts";
import { checkPoolFee } from "#shared/consensus/policy/check-pool-fee.ts";
import { checkStandardForm } from "#shared/consensus/policy/check-standard-form.ts";
import { checkStandardInputs } from "#shared/consensus/policy/check-standard-inputs.ts";
import { checkStandardOutputs } from "#shared/consensus/policy/check-standard-outputs.ts";
import { checkStandardPrevouts } from "#shared/consensus/policy/check-standard-prevouts.ts";
import { checkStandardWitness } from "#shared/consensus/policy/check-standard-witness.ts";
import { dustLimit } from "#shared/consensus/policy/dust-limit.ts";
import { feeOfSize } from "#shared/consensus/policy/fee-of-size.ts";
import { POLICY_CODES } from "#shared/consensus/policy/policy-error.ts";
import { defaultPolicy } from "#shared/consensus/policy/pool-policy.ts";
import { rollingRate } from "#shared/consensus/policy/rolling-rate.ts";
import { standardScriptOf } from "#shared/consensus/policy/standard-script-of.ts";
import { transactionSize, transactionWeight } from "#shared/consensus/policy/transaction-size.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import type { HashedTransaction, TxOutput } from "#shared/primitives/transaction.ts";
import {
  buildTransaction,
  coldStakingScript,
  madeUpOutpoint,
  output,
  signer,
} from "../../../support/block-builder.ts";

const BOTH = [
  ["exos", exosRegtest.consensus],
  ["bitcoin", bitcoinRegtest.consensus],
] as const;
const NOW = unixSeconds(1_600_000_000);
const RELAY = 10_000n;
const OWNER = signer(1);
const bytes = (length: number, fill = 1) => new Uint8Array(length).fill(fill);
const script = (...parts: (number | Uint8Array)[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "number" ? [part] : [...part])));

const FORM = "bad-txns-nonstandard-inputs";

/** A transaction of one input, changed. */
function transaction(change: Partial<HashedTransaction> = {}): HashedTransaction {
  const coin: Coin = {
    value: amount(1n),
    scriptPubKey: OWNER.payToKey,
    time: NOW,
    height: height(1),
    kind: "ordinary",
  };
  const inputs = [{ outpoint: madeUpOutpoint(1), coin, by: OWNER }];
  const outputs = [output(1_000_000n, OWNER.payToHash)];
  const tx = buildTransaction({ time: NOW, inputs, outputs }, exosRegtest.consensus);
  return { ...tx, ...change };
}

it("knows the reference's codes, each with its number", () => {
  expect(Object.keys(POLICY_CODES)).toHaveLength(30);
  expect(POLICY_CODES["txn-mempool-conflict"]).toBe(0x102);
});

it("asks for standard transactions on main networks alone, and for less on Bitcoin's", () => {
  expect(defaultPolicy(exos)).toMatchObject({ requireStandard: true, relayFeeRate: 10_000n });
  expect(defaultPolicy(bitcoinRegtest)).toMatchObject({
    requireStandard: false,
    relayFeeRate: 1_000n,
  });
});

describe("a fee", () => {
  it.each([
    [10_000n, 250, 2_500n],
    [1_000n, 1_999, 1_999n],
    [999n, 1, 999n],
    [1n, 999, 1n],
    [1n, 1_000, 1n],
    [0n, 500, 0n],
    [5n, 0, 0n],
  ])("of %s for 1,000 bytes is for %i bytes %s", (rate, size, fee) => {
    expect(feeOfSize(rate, size)).toBe(fee);
  });
});

it("counts a byte of a witness for a quarter on Bitcoin's network, and whole on ours", () => {
  const sizes = { sizeStripped: 100, sizeTotal: 203 };
  expect(transactionWeight(sizes, bitcoinRegtest.consensus)).toBe(503);
  expect(transactionSize(sizes, bitcoinRegtest.consensus)).toBe(126);
  expect(transactionSize(sizes, exosRegtest.consensus)).toBe(203);
});

describe("what mints", () => {
  const coinbase = transaction({
    inputs: [
      {
        prevout: { txid: zeroHash(), index: 0xffff_ffff },
        scriptSig: bytes(2),
        sequence: 0,
        witness: [],
      },
    ],
  });
  const coinstake = transaction({ outputs: [output(0n, bytes(0)), output(1n, OWNER.payToKey)] });

  it("is never loose", () => {
    expect(checkNotMinting(coinbase, exosRegtest.consensus)?.code).toBe("coinbase");
    expect(checkNotMinting(coinbase, bitcoinRegtest.consensus)?.code).toBe("coinbase");
    expect(checkNotMinting(coinstake, exosRegtest.consensus)?.code).toBe("coinstake");
    expect(checkNotMinting(coinstake, bitcoinRegtest.consensus)).toBeUndefined();
    expect(checkNotMinting(transaction(), exosRegtest.consensus)).toBeUndefined();
  });
});

describe("the form of a standard transaction", () => {
  const { consensus } = exosRegtest;

  it.each([
    [0, "version"],
    [1, undefined],
    [2, undefined],
    [3, "version"],
  ])("has version %i: %s", (version, code) => {
    expect(checkStandardForm(transaction({ version }), consensus, NOW)?.code).toBe(code);
  });

  it.each([
    [15, undefined],
    [16, "time-too-new"],
  ])("is %i seconds ahead: %s", (ahead, code) => {
    const time = unixSeconds(NOW + ahead);
    const found = checkStandardForm(transaction({ time }), consensus, NOW);
    expect(found?.code).toBe(code);
    if (code !== undefined)
      expect(found).toMatchObject({ effect: "until", detail: { until: NOW + 1 } });
    expect(checkStandardForm(transaction({ time }), bitcoinRegtest.consensus, NOW)).toBeUndefined();
  });

  it.each([
    [consensus, 99_999, undefined],
    [consensus, 100_000, "tx-size"],
    [bitcoinRegtest.consensus, 100_000, undefined],
    [bitcoinRegtest.consensus, 100_001, "tx-size"],
  ] as const)("has so many bytes", (params, size, code) => {
    const tx = transaction({ sizeStripped: size, sizeTotal: size });
    expect(checkStandardForm(tx, params, NOW)?.code).toBe(code);
  });
});

describe("the inputs of a standard transaction", () => {
  it.each([
    ["are short", script(...Array.from({ length: 1_650 }, () => 0x51)), undefined],
    ["are too long", script(...Array.from({ length: 1_651 }, () => 0x51)), "scriptsig-size"],
    ["only push", script(0x00, 0x60, 0x01, 0x05), undefined],
    ["do more than push", script(0x51, 0x76), "scriptsig-not-pushonly"],
  ])("%s", (_, scriptSig, code) => {
    for (const [, params] of BOTH) {
      expect(checkStandardInputs({ inputs: [{ scriptSig }] }, params)?.code).toBe(code);
    }
  });
});

describe("a standard output script", () => {
  const key = OWNER.publicKey;
  const multisig = (keys: number) =>
    script(0x51, ...Array.from({ length: keys }, () => script(33, key)), 1, keys, 0xae);

  it.each([
    ["pays a key", OWNER.payToKey, "payment", "payment"],
    ["pays a key's hash", OWNER.payToHash, "payment", "payment"],
    ["pays a script's hash", script(0xa9, 20, bytes(20), 0x87), "payment", "payment"],
    ["is for cold staking", coldStakingScript(OWNER, signer(2)), "payment", undefined],
    ["has three keys", multisig(3), "payment", "payment"],
    ["has four keys", multisig(4), "payment", undefined],
    ["has twenty keys", multisig(20), "payment", undefined],
    ["has 21 keys", multisig(21), undefined, undefined],
    ["carries 40 bytes in all", script(0x6a, 38, bytes(38)), "data", "data"],
    ["carries 41 bytes in all", script(0x6a, 39, bytes(39)), undefined, "data"],
    ["carries 83 bytes in all", script(0x6a, 0x4c, 80, bytes(80)), undefined, "data"],
    ["carries 84 bytes in all", script(0x6a, 0x4c, 81, bytes(81)), undefined, undefined],
    ["is a program of a key's hash", script(0, 20, bytes(20)), "payment", "payment"],
    ["is a program of a script's hash", script(0, 32, bytes(32)), "payment", "payment"],
    ["is a program that cannot be spent", script(0, 21, bytes(21)), "payment", undefined],
    ["is a program of a later version", script(0x51, 32, bytes(32)), "payment", "payment"],
    ["is anything else", script(0x51), undefined, undefined],
  ] as const)("%s", (_, scriptPubKey, ours, theirs) => {
    expect(standardScriptOf(scriptPubKey, "exos")).toBe(ours);
    expect(standardScriptOf(scriptPubKey, "bitcoin")).toBe(theirs);
  });
});

describe("dust", () => {
  it.each([
    ["a key's hash", OWNER.payToHash, 5_460n, 546n],
    ["a key", OWNER.payToKey, 5_760n, 576n],
    ["a program", script(0, 20, bytes(20)), 5_370n, 294n],
  ])("is less than this for %s", (_, scriptPubKey, ours, theirs) => {
    expect(dustLimit({ scriptPubKey }, exosRegtest.consensus, RELAY)).toBe(ours);
    expect(dustLimit({ scriptPubKey }, bitcoinRegtest.consensus, RELAY)).toBe(theirs);
  });

  const data = (count: number): TxOutput[] =>
    Array.from({ length: count }, () => output(0n, script(0x6a, 1, 1)));
  it.each([
    ["worth while", [output(5_460n, OWNER.payToHash)], undefined],
    ["not worth while", [output(5_459n, OWNER.payToHash)], "dust"],
    ["without a form", [output(5_460n, script(0x51))], "scriptpubkey"],
    ["of data", data(1), undefined],
    ["of data twice", data(2), "multi-op-return"],
  ] as const)("outputs %s", (_, outputs, code) => {
    const policy = { relayFeeRate: RELAY };
    expect(checkStandardOutputs({ outputs }, exosRegtest.consensus, policy)?.code).toBe(code);
  });
});

describe("a lock of the next block", () => {
  const parent = {
    height: height(100),
    header: { time: unixSeconds(NOW + 500) },
    context: { times: [NOW] },
  } as unknown as Parameters<typeof checkNextFinal>[1];
  const inputs = transaction().inputs.map((input) => ({ ...input, sequence: 0 }));

  it.each([
    ["the height of the tip", 100, undefined, undefined],
    ["the next height", 101, "non-final", "non-final"],
    ["the median time", NOW, undefined, "non-final"],
    ["a second before the tip's time", NOW + 499, undefined, "non-final"],
    ["the tip's time", NOW + 500, "non-final", "non-final"],
  ])("is %s", (_, lockTime, ours, theirs) => {
    const tx = { lockTime, inputs };
    expect(checkNextFinal(tx, parent, exosRegtest.consensus)?.code).toBe(ours);
    expect(checkNextFinal(tx, parent, bitcoinRegtest.consensus)?.code).toBe(theirs);
  });
});

describe("what is spent", () => {
  const redeem = (sigops: number) => bytes(sigops, 0xac);
  const toScript = (behind: Uint8Array) => script(0xa9, 20, hash160(behind), 0x87);
  const spending = (scriptSig: Uint8Array) => ({
    inputs: transaction().inputs.map((input) => ({ ...input, scriptSig })),
  });

  it.each([
    ["a key", OWNER.payToKey, bytes(0), undefined, undefined],
    ["anything", script(0x51), bytes(0), FORM, FORM],
    [
      "a script of 15 operations",
      toScript(redeem(15)),
      script(15, redeem(15)),
      undefined,
      undefined,
    ],
    ["a script of 16 operations", toScript(redeem(16)), script(16, redeem(16)), undefined, FORM],
    ["a program of version 1", script(0x51, 32, bytes(32)), bytes(0), undefined, undefined],
    ["a program of version 2", script(0x52, 32, bytes(32)), bytes(0), undefined, FORM],
  ])("has a form: %s", (...[, scriptPubKey, scriptSig, ours, theirs]) => {
    const [exosParams, bitcoinParams] = [exosRegtest.consensus, bitcoinRegtest.consensus];
    const spent = [{ scriptPubKey }];
    expect(checkStandardPrevouts(spending(scriptSig), spent, exosParams)?.code).toBe(ours);
    expect(checkStandardPrevouts(spending(scriptSig), spent, bitcoinParams)?.code).toBe(theirs);
    expect(
      checkStandardPrevouts({ inputs: [] }, [{ scriptPubKey: OWNER.payToKey }], bitcoinParams),
    ).toBeUndefined();
  });
});

describe("a standard witness", () => {
  const byScript = script(0, 32, bytes(32));
  const nested = script(0xa9, 20, bytes(20), 0x87);
  const long = (count: number, length: number) => [
    ...Array.from({ length: count }, () => bytes(length)),
    bytes(3_600),
  ];

  it.each([
    ["is none", byScript, bytes(0), [], undefined],
    ["is within every limit", byScript, bytes(0), long(100, 80), undefined],
    ["has too many items", byScript, bytes(0), long(101, 80), "no"],
    ["has too large an item", byScript, bytes(0), long(100, 81), "no"],
    ["has too large a script", byScript, bytes(0), [bytes(3_601)], "no"],
    ["stands beside no program", OWNER.payToKey, bytes(0), [bytes(1)], "no"],
    ["is that of a key", script(0, 20, bytes(20)), bytes(0), [bytes(100)], undefined],
    ["is that of a later version", script(0x51, 32, bytes(32)), bytes(0), [bytes(900)], undefined],
    ["is that of a nested program", nested, script(22, 0, 20, bytes(20)), [bytes(9)], undefined],
    ["has nothing nested", nested, bytes(0), [bytes(9)], "no"],
  ])("%s", (...[, scriptPubKey, scriptSig, witness, refused]) => {
    const inputs = transaction().inputs.map((input) => ({ ...input, scriptSig, witness }));
    const found = checkStandardWitness({ inputs }, [{ scriptPubKey }], bitcoinRegtest.consensus);
    expect(found?.code).toBe(refused === undefined ? undefined : "bad-witness-nonstandard");
    expect(checkStandardWitness({ inputs }, [], bitcoinRegtest.consensus)).toBeUndefined();
  });
});

describe("the fee of a newcomer", () => {
  const tx = transaction();
  const size = tx.sizeTotal;
  const coinOf = (value: bigint, at: number): Coin => ({
    value: amount(value),
    scriptPubKey: OWNER.payToKey,
    time: NOW,
    height: height(at),
    kind: "ordinary",
  });
  const env = {
    params: exosRegtest.consensus,
    policy: { relayFeeRate: RELAY },
    rollingRate: 0n,
    height: 100,
    feeRateMax: undefined,
  };
  const relayed = feeOfSize(RELAY, size);
  /** Bytes but for the input's outpoint, sequence and script. */
  const counted = BigInt(size - 41 - (tx.inputs[0]?.scriptSig.length ?? 0));

  it("is what relaying costs, or the coins are old", () => {
    const young = [coinOf(1n, 100)];
    expect(checkPoolFee(tx, young, relayed, env)).toBeUndefined();
    expect(checkPoolFee(tx, young, relayed - 1n, env)?.code).toBe("insufficient-priority");
    const enough = 57_600_000n * counted;
    expect(checkPoolFee(tx, [coinOf(enough + 1n, 100)], 0n, env)).toBeUndefined();
    expect(checkPoolFee(tx, [coinOf(enough, 100)], 0n, env)?.code).toBe("insufficient-priority");
    expect(checkPoolFee(tx, [coinOf(enough / 2n + 1n, 99)], 0n, env)).toBeUndefined();
    const unconfirmed = [coinOf(enough * 2n, 101)];
    expect(checkPoolFee(tx, unconfirmed, 0n, env)?.code).toBe("insufficient-priority");
    const bitcoin = { ...env, params: bitcoinRegtest.consensus };
    expect(checkPoolFee(tx, [coinOf(enough * 9n, 1)], 0n, bitcoin)?.code).toBe(
      "insufficient-priority",
    );
  });

  it("is what a full pool asks, however old the coins", () => {
    const full = { ...env, rollingRate: 20_000n };
    const old = [coinOf(10n ** 15n, 1)];
    const asked = feeOfSize(20_000n, size);
    expect(checkPoolFee(tx, old, asked - 1n, full)?.code).toBe("mempool-min-fee-not-met");
    expect(checkPoolFee(tx, old, asked, full)).toBeUndefined();
  });

  it("is no more than its sender meant, and left to the rules of blocks below nothing", () => {
    const meant = { ...env, feeRateMax: 50_000n };
    const most = feeOfSize(50_000n, size);
    expect(checkPoolFee(tx, [coinOf(1n, 1)], most, meant)).toBeUndefined();
    expect(checkPoolFee(tx, [coinOf(1n, 1)], most + 1n, meant)?.code).toBe("absurdly-high-fee");
    expect(checkPoolFee(tx, [coinOf(1n, 1)], -1n, { ...env, rollingRate: 9n })).toBeUndefined();
  });

  it("counts no input larger than what is left", () => {
    const small = { ...tx, sizeStripped: 30, sizeTotal: 30 };
    expect(checkPoolFee(small, [coinOf(57_600_000n * 30n + 1n, 100)], 0n, env)).toBeUndefined();
  });
});

describe("what a full pool asks", () => {
  const HALF = 12 * 60 * 60;
  const at = (seconds: number, usage: number) => ({
    now: NOW + seconds,
    usage,
    usageMax: 1_000,
    relayFeeRate: 10_000n,
  });
  const rate = { feeRate: 80_000n, feeTime: NOW, sinking: true };

  it.each([
    ["stays until a block comes", { ...rate, sinking: false }, at(9 * HALF, 0), 80_000n],
    ["halves in twelve hours", rate, at(HALF, 500), 40_000n],
    ["halves in six where half is free", rate, at(HALF / 2, 499), 40_000n],
    ["halves in three where three quarters are", rate, at(HALF / 4, 249), 40_000n],
    ["is no less than relaying costs", rate, at(HALF * 4, 1_000), 10_000n],
    ["is forgotten below half of that", rate, at(HALF * 4 + 2, 1_000), 0n],
    ["is nothing where nothing was thrown out", { ...rate, feeRate: 0n }, at(0, 0), 0n],
    ["does not rise when the clock goes back", rate, at(-HALF, 1_000), 80_000n],
  ] as const)("%s", (_, before, pool, asked) => {
    expect(rollingRate(before, pool)).toBe(asked);
  });
});

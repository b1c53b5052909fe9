import { describe, expect, it } from "vitest";
import { heightPush } from "#shared/consensus/height-push.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { checkBlockLength } from "#shared/consensus/rules/check-block-length.ts";
import { blockWeight, checkBlockWeight } from "#shared/consensus/rules/check-block-weight.ts";
import { checkCoinbaseHeight } from "#shared/consensus/rules/check-coinbase-height.ts";
import { checkCoinbaseTime } from "#shared/consensus/rules/check-coinbase-time.ts";
import { checkFinal } from "#shared/consensus/rules/check-final.ts";
import { checkLegacySigops } from "#shared/consensus/rules/check-legacy-sigops.ts";
import { checkMerkleRoot } from "#shared/consensus/rules/check-merkle-root.ts";
import { checkOneCoinbase } from "#shared/consensus/rules/check-one-coinbase.ts";
import { checkStakeBlock } from "#shared/consensus/rules/check-stake-block.ts";
import { checkTransactionTimes } from "#shared/consensus/rules/check-transaction-times.ts";
import { checkWitnessCommitment } from "#shared/consensus/rules/check-witness-commitment.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import { merkleRoot } from "#shared/crypto/merkle-root.ts";
import { type Hash256, height, unixSeconds } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import { fromHex, toHex } from "#shared/primitives/hex.ts";
import type { HashedTransaction, TxOutput } from "#shared/primitives/transaction.ts";
import {
  buildTransaction,
  madeUpOutpoint,
  output,
  type Spend,
} from "../../support/block-builder.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { loadVectors } from "../../support/vectors.ts";

const { consensus } = exosRegtest;
const EMPTY = output(0n, new Uint8Array(0));
const SOME = output(1n, Uint8Array.of(0x51));
const NOTHING = { txid: zeroHash(), index: 0xffff_ffff };

interface Shape {
  readonly from?: typeof NOTHING;
  readonly outputs?: readonly TxOutput[];
  readonly time?: number;
  readonly scriptSig?: Uint8Array;
  readonly sequence?: number;
  readonly lockTime?: number;
  readonly witness?: readonly Uint8Array[];
}

let made = 0;

/** A transaction of one input; without `from`, of an outpoint of its own. */
function tx({
  from,
  outputs = [SOME],
  time = 1000,
  lockTime = 0,
  ...input
}: Shape): HashedTransaction {
  const coin = { scriptPubKey: new Uint8Array(0) } as Spend["coin"];
  const outpoint = from ?? madeUpOutpoint(++made);
  const inputs = [{ outpoint, coin, ...input }];
  return buildTransaction({ inputs, outputs, time: unixSeconds(time), lockTime }, consensus);
}

const coinbase = (change: Shape = {}) =>
  tx({ from: NOTHING, scriptSig: Uint8Array.of(1, 1), ...change });
const coinstake = () => tx({ outputs: [EMPTY, SOME] });

describe("a coinbase's time", () => {
  const SWITCH = 1_526_428_800;
  it.each([
    [SWITCH + 1, SWITCH + 16, undefined],
    [SWITCH + 1, SWITCH + 17, "time-too-new"],
    [SWITCH, SWITCH + 460_800, undefined],
    [SWITCH, SWITCH + 460_801, "time-too-new"],
    [SWITCH + 99, SWITCH, undefined],
  ])("%i lets the block be of %i: %s", (time, blockTime, code) => {
    const header = { time: unixSeconds(blockTime) };
    const found = checkCoinbaseTime(header, { time: unixSeconds(time) }, unixSeconds(SWITCH));
    expect(found?.code).toBe(code);
    expect(found?.effect).toBe(code === undefined ? undefined : "invalid");
  });
});

describe("a lock time", () => {
  const judge = (lockTime: number, sequence: number, cutoff = 1_600_000_000) =>
    checkFinal(tx({ lockTime, sequence }), height(100), unixSeconds(cutoff))?.code;

  it.each([
    [0, 0, undefined],
    [99, 0, undefined],
    [100, 0, "bad-txns-nonfinal"],
    [100, 0xffff_ffff, undefined],
    [100, 0xffff_fffe, "bad-txns-nonfinal"],
    [499_999_999, 0, "bad-txns-nonfinal"],
    [500_000_000, 0, undefined],
    [1_599_999_999, 0, undefined],
    [1_600_000_000, 0, "bad-txns-nonfinal"],
  ])("of %i with sequence %i at height 100: %s", (lockTime, sequence, code) => {
    expect(judge(lockTime, sequence)).toBe(code);
  });
});

describe("the height in a coinbase", () => {
  const vectors = loadVectors<{
    readonly bip34: { readonly cases: readonly { height: number; scriptSigPrefix: string }[] };
  }>("exos-vectors.json")?.bip34.cases;

  it.skipIf(vectors === undefined)("is pushed as the vectors have it", () => {
    for (const row of vectors ?? []) {
      expect(toHex(heightPush(height(row.height)))).toBe(row.scriptSigPrefix);
      const scriptSig = Uint8Array.of(...fromHex(row.scriptSigPrefix), 0);
      const at = (change: number) =>
        checkCoinbaseHeight(coinbase({ scriptSig }), height(row.height + change))?.code;
      expect(at(0)).toBeUndefined();
      expect(at(1)).toBe("bad-cb-height");
    }
    reportVectors({ name: "exos-vectors.json#bip34", run: vectors?.length ?? 0 });
    expect(vectors?.length).toBe(13);
  });

  it("of zero is an empty push", () => {
    expect(heightPush(height(0))).toEqual(Uint8Array.of(0));
  });

  it("is missed in a script too short, and where there is none", () => {
    const short = coinbase({ scriptSig: Uint8Array.of(2) });
    expect(checkCoinbaseHeight(short, height(256))?.code).toBe("bad-cb-height");
    expect(checkCoinbaseHeight({ inputs: [] }, height(1))?.code).toBe("bad-cb-height");
    expect(checkCoinbaseHeight(undefined, height(1))?.code).toBe("bad-cb-height");
  });
});

describe("the size of a block", () => {
  it("is its bytes where a witness weighs as much as the rest", () => {
    expect(blockWeight({ sizeStripped: 10, sizeTotal: 12 }, { witnessScale: 1 })).toBe(12);
    expect(blockWeight({ sizeStripped: 10, sizeTotal: 12 }, { witnessScale: 4 })).toBe(42);
  });

  it("is a million at most", () => {
    const at = (size: number) =>
      checkBlockWeight({ sizeStripped: size, sizeTotal: size }, consensus)?.code;
    expect(at(1_000_000)).toBeUndefined();
    expect(at(1_000_001)).toBe("bad-blk-weight");
  });

  it("is a million at most without witnesses, and a transaction at least", () => {
    const at = (sizeStripped: number, transactions = [coinbase()]) =>
      checkBlockLength({ transactions, sizeStripped }, consensus)?.code;
    expect(at(1_000_000)).toBeUndefined();
    expect(at(1_000_001)).toBe("bad-blk-length");
    expect(at(81, [])).toBe("bad-blk-length");
  });
});

describe("a block's coinbase", () => {
  it.each([
    ["stands first and alone", [coinbase(), tx({})], undefined],
    ["is missing", [tx({}), coinbase()], "bad-cb-missing"],
    ["is missing of nothing", [], "bad-cb-missing"],
    ["stands twice", [coinbase(), tx({}), coinbase()], "bad-cb-multiple"],
  ])("%s", (_name, transactions, code) => {
    expect(checkOneCoinbase({ transactions })?.code).toBe(code);
  });
});

describe("a block proven by stake", () => {
  const empty = coinbase({ outputs: [EMPTY] });
  it.each([
    ["has an empty coinbase and one coinstake", [empty, coinstake(), tx({})], undefined],
    ["pays in its coinbase", [coinbase(), coinstake()], "bad-stake-block"],
    [
      "names a script in it",
      [coinbase({ outputs: [output(0n, Uint8Array.of(1))] })],
      "bad-stake-block",
    ],
    ["has two outputs in it", [coinbase({ outputs: [EMPTY, EMPTY] })], "bad-stake-block"],
    ["has no coinbase at all", [], "bad-stake-block"],
    ["has a second coinstake", [empty, coinstake(), tx({}), coinstake()], "bad-cs-multiple"],
  ])("%s", (_name, transactions, code) => {
    expect(checkStakeBlock({ transactions })?.code).toBe(code);
  });
});

describe("a transaction's time", () => {
  it("is its block's at most", () => {
    const header = { time: unixSeconds(1000) };
    const judge = (time: number) =>
      checkTransactionTimes({
        header: { ...header } as Parameters<typeof checkTransactionTimes>[0]["header"],
        transactions: [coinbase(), tx({ time })],
      })?.code;
    expect(judge(1000)).toBeUndefined();
    expect(judge(1001)).toBe("block-time-before-trx");
  });
});

describe("legacy signature operations", () => {
  it("are 20,000 at most, scaled", () => {
    const judge = (count: number, witnessScale = 1) =>
      checkLegacySigops(
        { transactions: [tx({ outputs: [output(1n, new Uint8Array(count).fill(0xac))] })] },
        { witnessScale, blockSigopsCostMax: 20_000 },
      )?.code;
    expect(judge(20_000)).toBeUndefined();
    expect(judge(20_001)).toBe("bad-blk-sigops");
    expect(judge(5000, 4)).toBeUndefined();
    expect(judge(5001, 4)).toBe("bad-blk-sigops");
  });
});

describe("a Merkle root", () => {
  const three = [coinbase(), tx({}), tx({})];
  const root = merkleRoot(three.map(({ txid }) => txid)).root;
  const judge = (transactions: readonly HashedTransaction[], merkle = root) => {
    type Header = Parameters<typeof checkMerkleRoot>[0]["header"];
    return checkMerkleRoot({ header: { merkleRoot: merkle } as Header, transactions });
  };

  it("is that of the transactions, and not of a longer list too", () => {
    expect(judge(three)).toBeUndefined();
    expect(judge(three, zeroHash())?.code).toBe("bad-txnmrklroot");
    const longer = judge([...three, ...three.slice(2)]);
    expect(longer?.code).toBe("bad-txns-duplicate");
    expect(longer?.effect).toBe("bytes");
  });
});

describe("a witness commitment", () => {
  const nonce = new Uint8Array(32).fill(9);
  const other = tx({ witness: [Uint8Array.of(1)] });
  const mark = [0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed];
  const root = merkleRoot([zeroHash(), other.wtxid]).root;
  const commitment: Hash256 = hash256(Uint8Array.of(...root, ...nonce));
  const committing = (hash: Uint8Array, witness = [nonce]) =>
    coinbase({ witness, outputs: [SOME, output(0n, Uint8Array.of(...mark, ...hash)), SOME] });

  it.each([
    ["covers the witnesses", [committing(commitment), other], true, undefined],
    ["is the last that stands", [twice(), other], true, undefined],
    ["covers others", [committing(zeroHash()), other], true, "bad-witness-merkle-match"],
    ["has no nonce", [committing(commitment, []), other], true, "bad-witness-nonce-size"],
    ["has two", [committing(commitment, [nonce, nonce]), other], true, "bad-witness-nonce-size"],
    ["has a short one", [committing(commitment, [nonce.slice(1)])], true, "bad-witness-nonce-size"],
    [
      "has no input to hold a nonce",
      [{ ...committing(commitment), inputs: [] }],
      true,
      "bad-witness-nonce-size",
    ],
    ["is absent", [coinbase(), other], true, "unexpected-witness"],
    [
      "is too short to be one",
      [committing(commitment.slice(1)), other],
      true,
      "unexpected-witness",
    ],
    [
      "is nothing while no witness is known",
      [committing(commitment), other],
      false,
      "unexpected-witness",
    ],
    ["is not asked for without witnesses", [coinbase(), tx({})], true, undefined],
    ["may stand unread where none is known", [coinbase({ outputs: [SOME] })], false, undefined],
    ["is nothing of nothing", [], true, undefined],
  ] as const)("%s", (_name, transactions, isActive, code) => {
    const found = checkWitnessCommitment({ transactions }, isActive);
    expect(found?.code).toBe(code);
    if (found !== undefined) expect(found.effect).toBe("bytes");
  });

  function twice(): HashedTransaction {
    const outputs = [zeroHash(), commitment].map((hash) =>
      output(0n, Uint8Array.of(...mark, ...hash)),
    );
    return coinbase({ witness: [nonce], outputs });
  }
});

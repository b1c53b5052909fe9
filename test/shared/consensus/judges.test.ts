import { describe, expect, it } from "vitest";
import { type ProvenHeader, provenHeaderOf } from "#shared/codec/proven-header.ts";
import type { JudgeEnv } from "#shared/consensus/judge-env.ts";
import { judgeFull } from "#shared/consensus/judge-full.ts";
import { judgeBlockHeader, judgeHeader } from "#shared/consensus/judge-header.ts";
import { judgeIntegrity } from "#shared/consensus/judge-integrity.ts";
import { judgePartial } from "#shared/consensus/judge-partial.ts";
import { lastCheckpointHeight } from "#shared/consensus/last-checkpoint.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exos } from "#shared/consensus/networks/exos.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { findAnnouncedCoin } from "#shared/consensus/rules/find-announced-coin.ts";
import type { Block } from "#shared/primitives/block.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex, zeroHash } from "#shared/primitives/hash.ts";
import {
  buildTransaction,
  buildWork,
  coldStakingScript,
  madeUpOutpoint,
  output,
} from "../../support/block-builder.ts";
import { pay } from "../../support/provoke.ts";
import { OTHER, OWNER, RichChain } from "../../support/rich-chain.ts";
import { judgeWhole, runJob } from "../../support/whole-judge.ts";

const envOf = (chain: RichChain): JudgeEnv => chain.env(chain.now);

function provenOf(block: Block): ProvenHeader {
  const proven = provenHeaderOf(block);
  if (proven === undefined) throw new RangeError("no transaction to prove with");
  return proven;
}

describe("an announcement", () => {
  it("is judged alike from a proven header and from its block", () => {
    const chain = new RichChain();
    for (const block of [chain.work(), chain.stake(), chain.stake({ signedBy: OTHER })]) {
      const env = envOf(chain);
      expect(judgeBlockHeader(block, env)).toEqual(judgeHeader(provenOf(block), env));
    }
  });

  it.each([1, 2, 3, 4, 5, 8, 9, 33])(
    "has the same sizes either way with %i transactions",
    (count) => {
      const chain = new RichChain();
      const transactions = Array.from({ length: count - 1 }, () => pay(chain));
      const block = chain.work({ transactions });
      const { sizes } = provenOf(block);
      const limit = { ...envOf(chain) };
      // The proof is the only part that could fail here: both ways answer alike at any size.
      expect(sizes.merkleProof).toBeLessThan(512);
      expect(judgeBlockHeader(block, limit)).toBeUndefined();
      expect(judgeHeader(provenOf(block), limit)).toBeUndefined();
    },
  );

  it("blames the hash for a fault that its Merkle root covers, else the delivery", () => {
    const chain = new RichChain();
    const env = envOf(chain);
    const poor = chain.stake({ kernel: chain.grant({ value: amount(1n) }) });
    const proven = provenOf(poor);
    expect(judgeBlockHeader(poor, env)?.effect).toBe("invalid");
    expect(judgeHeader(proven, env)?.effect).toBe("invalid");

    const elsewhere = { ...poor.header, merkleRoot: zeroHash() };
    expect(judgeBlockHeader({ ...poor, header: elsewhere }, env)?.effect).toBe("bytes");
    expect(judgeHeader({ ...proven, header: elsewhere }, env)?.effect).toBe("bytes");
    const otherLeaf = provenOf(chain.work()).merkleProof;
    expect(judgeHeader({ ...proven, merkleProof: otherLeaf }, env)?.effect).toBe("bytes");
    const empty = { transactionCount: 0, hashes: [], flags: new Uint8Array(0) };
    expect(judgeHeader({ ...proven, merkleProof: empty }, env)?.effect).toBe("bytes");
    const other = provenOf(chain.stake());
    expect(judgeHeader({ ...proven, merkleProof: other.merkleProof }, env)?.effect).toBe("bytes");
  });

  it("cannot pass a block of stake for one of bad work and condemn it", () => {
    const chain = new RichChain();
    const block = chain.stake();
    const [coinbase] = block.transactions;
    if (coinbase === undefined) throw new RangeError("a block has a coinbase");
    const found = judgeHeader({ ...provenOf(block), coinstake: coinbase }, envOf(chain));
    expect(found?.code).toBe("high-hash");
    expect(found?.effect).toBe("bytes");
  });

  it("fails for a Merkle proof that leads elsewhere, or nowhere", () => {
    const chain = new RichChain();
    const proven = provenOf(chain.stake());
    for (const hashes of [[zeroHash(), zeroHash()], []]) {
      const merkleProof = { ...proven.merkleProof, hashes };
      const found = judgeHeader({ ...proven, merkleProof }, envOf(chain));
      expect(found?.code).toBe("bad-txnmrklroot");
    }
  });

  it("fails for a young kernel before its block does", () => {
    const chain = new RichChain();
    const young = height(chain.tip.height + 1 - 9);
    const kernel = chain.grant({ value: chain.premine.coin.value, height: young });
    const block = chain.stake({ kernel });
    expect(judgeBlockHeader(block, envOf(chain))?.code).toBe("invalid-stake-depth");
    const full = judgeFull(block, envOf(chain));
    expect(full.ok ? undefined : full.error.code).toBe("invalid-stake-depth");
    const old = { ...kernel.coin, height: height(young - 1) };
    const other = chain.stake({ kernel: chain.grant(old) });
    expect(judgeWhole(other, envOf(chain))).toBeUndefined();
  });

  it("waits for a coin that the view does not know, and takes one that was remembered", () => {
    const chain = new RichChain();
    const { coin } = chain.premine;
    const block = chain.stake();
    const without: JudgeEnv["coins"] = { coin: () => undefined, hasUnspent: () => false };
    const env = { ...envOf(chain), coins: without };
    const found = judgeBlockHeader(block, env);
    expect(found?.code).toBe("read-txPrev-failed-insufficient");
    expect(found?.effect).toBe("unknown");
    const remembering = { ...env, spentRecord: () => ({ isRecorded: true as const, coin }) };
    expect(judgeBlockHeader(block, remembering)).toBeUndefined();
    const forgetting = { ...env, spentRecord: () => ({ isRecorded: false as const }) };
    expect(judgeBlockHeader(block, forgetting)?.effect).toBe("unknown");
  });

  it("of a transaction without inputs shows no coin", () => {
    const found = findAnnouncedCoin({ inputs: [] }, envOf(new RichChain()));
    expect(found.ok ? undefined : found.error.code).toBe("non-coinstake");
  });

  it("of an output that was spent fails as its script would, at either stage", () => {
    const chain = new RichChain();
    const kernel = { ...chain.premine, outpoint: { ...chain.premine.outpoint, index: 1 } };
    const block = chain.stake({ kernel });
    const code = "verify-signature-failed-on-coinstake";
    expect(judgeBlockHeader(block, envOf(chain))?.code).toBe(code);
    const full = judgeFull(block, envOf(chain));
    expect(full.ok ? undefined : full.error.code).toBe(code);
  });
});

describe("checkpoints", () => {
  const chain = new RichChain();
  const hash = chain.work().hash;
  const at = height(chain.tip.height + 1);
  const params = {
    ...exosRegtest.consensus,
    checkpoints: [{ height: at, hash, stakeModifier: zeroHash() }],
  };

  it("count as 0 while they only assert", () => {
    expect(lastCheckpointHeight({ params, checkpoints: "assert" })).toBe(0);
    expect(lastCheckpointHeight({ params, checkpoints: "skip" })).toBe(at);
    expect(lastCheckpointHeight({ params: exos.consensus, checkpoints: "skip" })).toBe(790_000);
    const none = { params: exosRegtest.consensus, checkpoints: "skip" as const };
    expect(lastCheckpointHeight(none)).toBe(0);
  });

  it("let a header pass without its proof where they are to be skipped, but no other hash", () => {
    const unsolved = chain.work({ isUnsolved: true });
    const pinned = {
      ...params,
      checkpoints: [{ height: at, hash: unsolved.hash, stakeModifier: zeroHash() }],
    };
    const env = { ...envOf(chain), params: pinned };
    expect(judgeBlockHeader(unsolved, env)?.code).toBe("high-hash");
    expect(judgeBlockHeader(unsolved, { ...env, checkpoints: "skip" })).toBeUndefined();
    const other = judgeBlockHeader(chain.stake(), { ...env, checkpoints: "skip" });
    expect(other?.code).toBe("checkpoint-violation");
  });
});

describe("an assumed block", () => {
  it("is held to integrity and to its place alone", () => {
    const chain = new RichChain();
    const rich = chain.work({
      coinbase: (tx) => ({ ...tx, outputs: [output(2n ** 62n, OWNER.payToKey)], lockTime: 99 }),
    });
    const env = { ...envOf(chain), assumed: true };
    expect(judgePartial(rich, env)).toBeUndefined();
    const full = judgeFull(rich, env);
    if (!full.ok) throw new RangeError(full.error.code);
    expect(full.scripts).toEqual([]);
    expect(full.fees).toBe(0n);
    expect(full.settle([])).toBeUndefined();
    const strict = judgeFull(rich, envOf(chain));
    expect(strict.ok ? undefined : strict.error.code).toBe("bad-cb-amount");

    const parent = { ...chain.tip, hash: toHashHex(zeroHash()) };
    const elsewhere = judgeFull(rich, { ...env, parent });
    expect(elsewhere.ok ? undefined : elsewhere.error.code).toBe("invalid-prev-tip");
    const unknown = { ...chain.tip, stakeModifier: zeroHash() };
    const staked = judgeFull(chain.stake(), { ...env, parent: unknown });
    expect(staked.ok ? undefined : staked.error.code).toBe("prev-stake-null");
    expect(judgeFull(chain.stake(), env).ok).toBe(true);
  });
});

describe("a block without transactions", () => {
  it("is refused for that, whether or not the network knows a drift", () => {
    const chain = new RichChain();
    const block = chain.work({ header: (fields) => ({ ...fields, merkleRoot: zeroHash() }) });
    const empty = { ...block, transactions: [] };
    for (const driftSwitch of [exosRegtest.consensus.driftSwitch, undefined]) {
      const params = { ...exosRegtest.consensus, driftSwitch };
      const found = judgeWhole(empty, { ...envOf(chain), params });
      expect(found?.code).toBe("bad-blk-length");
      expect(found?.stage).toBe("partial");
    }
  });
});

describe("a network without a drift", () => {
  it("asks of a header only the two hours, and nothing of its coinbase", () => {
    const chain = new RichChain();
    const params = { ...exosRegtest.consensus, driftSwitch: undefined };
    const env = { ...envOf(chain), params, now: unixSeconds(chain.now - 7200) };
    const late = chain.work({ coinbase: (tx) => ({ ...tx, time: unixSeconds(5) }) });
    expect(judgeWhole(late, env)).toBeUndefined();
    expect(judgeWhole(late, { ...env, params: exosRegtest.consensus })?.code).toBe(
      "block-timestamp-to-far",
    );
  });
});

describe("proof of work above its last height", () => {
  it("fails a block as it fails its header", () => {
    const chain = new RichChain();
    const parent = { ...chain.tip, height: height(45_000) };
    const block = buildWork({ ...chain.place, parent }, OWNER.payToKey);
    const found = judgePartial(block, { ...envOf(chain), parent });
    expect(found?.code).toBe("proof-of-work-too-high");
    expect(found?.stage).toBe("partial");
  });
});

describe("the full judge", () => {
  it("hands out one job for each transaction that spends, and settles them in order", () => {
    const chain = new RichChain();
    const right = pay(chain);
    const wrong = pay(chain, { inputs: [{ ...chain.grant(), by: OTHER }] });
    const full = judgeFull(chain.work({ transactions: [right, wrong] }), envOf(chain));
    if (!full.ok) throw new RangeError(full.error.code);
    expect(full.scripts.map(({ tx }) => toHashHex(tx.txid))).toEqual(
      [right, wrong].map(({ txid }) => toHashHex(txid)),
    );
    expect(full.fees).toBe(2n * (10_000_000_000n - 100_000_000n));
    const outcomes = full.scripts.map((job) => runJob(job, exosRegtest.consensus));
    const found = full.settle(outcomes);
    expect(found?.stage).toBe("full");
    expect(found?.detail["txid"]).toBe(toHashHex(wrong.txid));
  });

  it("asks the cold-staking rule only where the script ran the opcode", () => {
    const chain = new RichChain();
    const scriptPubKey = coldStakingScript(OWNER, OTHER);
    const kernel = chain.grant({ value: amount(30_000_000_000_000_000n), scriptPubKey });
    // The cold key spends: the hot branch with its opcode is not run, nor the rule.
    const block = chain.stake({ kernel: { ...kernel, by: OWNER } });
    const full = judgeFull(block, envOf(chain));
    if (!full.ok) throw new RangeError(full.error.code);
    expect(full.settle([{ error: undefined, coldStake: false }])).toBeUndefined();
    const run = full.settle([{ error: undefined, coldStake: true }]);
    expect(run?.code).toBe("bad-coldstake-outputs");
  });

  it("asks for lock times again, whoever judged the block before", () => {
    const chain = new RichChain();
    const inputs = [{ ...chain.grant(), sequence: 0 }];
    const early = pay(chain, { inputs, lockTime: chain.tip.height + 1 });
    const full = judgeFull(chain.work({ transactions: [early] }), envOf(chain));
    expect(full.ok ? undefined : full.error).toMatchObject({
      code: "bad-txns-nonfinal",
      stage: "full",
    });
  });

  it("lets a block spend what it makes, but not before", () => {
    const chain = new RichChain();
    const first = pay(chain, { outputs: [output(500n, OWNER.payToKey)] });
    const coin = { ...chain.grant().coin, value: amount(500n) };
    const second = buildTransaction(
      {
        time: unixSeconds(chain.now),
        inputs: [{ outpoint: { txid: first.txid, index: 0 }, coin, by: OWNER }],
        outputs: [output(400n, OTHER.payToKey)],
      },
      exosRegtest.consensus,
    );
    const judge = (transactions: readonly (typeof first)[]) =>
      judgeWhole(chain.work({ transactions }), envOf(chain))?.code;
    expect(judge([first, second])).toBeUndefined();
    expect(judge([second, first])).toBe("bad-txns-inputs-missingorspent");
  });

  it("keeps the hole: a third transaction in a coinstake's shape mints in a block of work", () => {
    const chain = new RichChain();
    const outputs = [output(0n, new Uint8Array(0)), output(10n ** 11n, OTHER.payToKey)];
    const minting = pay(chain, { outputs });
    const judge = (transactions: readonly (typeof minting)[]) =>
      judgeWhole(chain.work({ transactions }), envOf(chain))?.code;
    expect(judge([pay(chain), minting])).toBeUndefined();
    expect(judge([minting])).not.toBeUndefined();
  });

  it("states the hash proof of both kinds", () => {
    const chain = new RichChain();
    const work = judgeFull(chain.work(), envOf(chain));
    const stake = judgeFull(chain.stake(), envOf(chain));
    if (!work.ok || !stake.ok) throw new RangeError("both are right");
    const before = chain.blocks.length;
    chain.append(chain.stake());
    expect(chain.blocks.length).toBe(before + 1);
    expect(toHashHex(chain.tip.hashProof)).toBe(toHashHex(stake.hashProof));
    expect(toHashHex(work.hashProof)).not.toBe(toHashHex(zeroHash()));
  });
});

describe("Bitcoin's rules", () => {
  it("do not lock by age before csv is active", () => {
    const { consensus } = bitcoinRegtest;
    const early = { ...bitcoinRegtest, consensus: { ...consensus, deployments: [] } };
    const chain = new RichChain(early);
    const held = chain.grant({ time: unixSeconds(0), height: height(25) });
    const transactions = [pay(chain, { version: 2, inputs: [{ ...held, sequence: 7 }] })];
    expect(judgeWhole(chain.work({ transactions }), envOf(chain))).toBeUndefined();
  });

  it("lock by age", () => {
    const chain = new RichChain(bitcoinRegtest);
    const judge = (sequence: number) => {
      const held = chain.grant({ time: unixSeconds(0), height: height(25) });
      const transactions = [pay(chain, { version: 2, inputs: [{ ...held, sequence }] })];
      return judgeWhole(chain.work({ transactions }), envOf(chain))?.code;
    };
    expect(judge(6)).toBeUndefined();
    expect(judge(7)).toBe("bad-txns-nonfinal");
    expect(judge(0x0040_0000)).toBeUndefined();
    expect(judge(0x0040_0001)).toBe("bad-txns-nonfinal");
  });

  it("compare a lock by time with the median before the block", () => {
    const chain = new RichChain(bitcoinRegtest);
    const median = chain.tip.header.time - 5 * 16;
    const judge = (lockTime: number) => {
      const inputs = [{ ...chain.grant({ time: unixSeconds(0) }), sequence: 0 }];
      return judgeWhole(
        chain.work({ transactions: [pay(chain, { inputs, lockTime })] }),
        envOf(chain),
      )?.code;
    };
    expect(judge(median - 1)).toBeUndefined();
    expect(judge(median)).toBe("bad-txns-nonfinal");
  });

  it("fail headers with the same codes", () => {
    const chain = new RichChain(bitcoinRegtest);
    const judge = (block: Block) => judgeWhole(block, envOf(chain));
    expect(judge(chain.work({ isUnsolved: true }))?.code).toBe("high-hash");
    const version = 3;
    expect(judge(chain.work({ header: (fields) => ({ ...fields, version }) }))?.code).toBe(
      "bad-version",
    );
    expect(judge(chain.work({ time: chain.tip.header.time - 5 * 16 }))?.code).toBe("time-too-old");
    expect(judge(chain.work({ time: chain.now + 7201 }))?.code).toBe("time-too-new");
    const bits = (fields: Block["header"]["bits"]) => (fields - 1) as typeof fields;
    const other = chain.work({ header: (fields) => ({ ...fields, bits: bits(fields.bits) }) });
    expect(judge(other)).toMatchObject({ code: "bad-diffbits", stage: "header" });
  });

  it("have no block signature and no coinstake", () => {
    const chain = new RichChain(bitcoinRegtest);
    const shape = [output(0n, new Uint8Array(0)), output(1n, OTHER.payToKey)];
    const block = chain.work({ transactions: [pay(chain, { outputs: shape })] });
    expect(judgeIntegrity(block, bitcoinRegtest.consensus)).toBeUndefined();
    expect(judgeWhole(block, envOf(chain))).toBeUndefined();
    const rich = [output(0n, new Uint8Array(0)), output(10n ** 11n, OTHER.payToKey)];
    const minting = chain.work({ transactions: [pay(chain), pay(chain, { outputs: rich })] });
    expect(judgeWhole(minting, envOf(chain))?.code).toBe("bad-txns-in-belowout");
  });

  it("fail transactions and sums in their own order", () => {
    const chain = new RichChain(bitcoinRegtest);
    const judge = (transactions: Block["transactions"]) =>
      judgeWhole(chain.work({ transactions }), envOf(chain))?.code;
    const unknown = { ...chain.grant(), outpoint: madeUpOutpoint(999) };
    expect(judge([pay(chain, { inputs: [unknown] })])).toBe("bad-txns-inputs-missingorspent");
    const young = chain.grant({ kind: "coinbase", height: height(1), time: unixSeconds(0) });
    expect(judge([pay(chain, { inputs: [young] })])).toBe("bad-txns-premature-spend-of-coinbase");
    const early = pay(chain, {
      inputs: [{ ...chain.grant({ time: unixSeconds(0) }), sequence: 0 }],
      lockTime: 99,
    });
    expect(judge([early])).toBe("bad-txns-nonfinal");
  });
});

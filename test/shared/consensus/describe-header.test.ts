import { describe, expect, it } from "vitest";
import { compareWork, isBetterTip } from "#shared/consensus/compare-work.ts";
import { describeHeader } from "#shared/consensus/describe-header.ts";
import { genesisBlock, genesisRecord } from "#shared/consensus/genesis-record.ts";
import { hashProof } from "#shared/consensus/hash-proof.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { finalizedHeight, isReorgAllowed } from "#shared/consensus/reorg-limit.ts";
import { stakeModifier } from "#shared/consensus/stake-modifier.ts";
import { height } from "#shared/primitives/brand.ts";
import { toHashHex, zeroHash } from "#shared/primitives/hash.ts";
import { RichChain } from "../../support/rich-chain.ts";

const { consensus } = exosRegtest;

describe("describeHeader", () => {
  it("remembers what judging a child asks of the ancestors, and no more", () => {
    const chain = new RichChain();
    chain.append(chain.stake());
    chain.append(chain.work());
    const { context } = chain.tip;
    const headers = chain.records.map(({ header }) => header);
    expect(context.times).toEqual(headers.slice(-11).map(({ time }) => time));
    const newest = (kind: string) =>
      chain.records
        .slice(1)
        .filter(({ proofKind }) => proofKind === kind)
        .map(({ header: { bits, time } }) => ({ bits, time }))
        .reverse()
        .slice(0, 2);
    expect(context.last.work).toEqual(newest("work"));
    expect(context.last.stake).toEqual(newest("stake"));
    expect(chain.tip.work).toBeGreaterThan(chain.records.at(-2)?.work ?? 0n);
  });

  it("leads over 64 headers at a time", () => {
    const chain = new RichChain();
    while (chain.tip.height < 130) chain.append(chain.work());
    const skips = chain.records.map(({ skip }) =>
      chain.records.findIndex(({ hash }) => hash === skip),
    );
    const expected = chain.records.map((_, at) => Math.floor(Math.max(at - 1, 0) / 64) * 64);
    expect(skips).toEqual(expected);
  });

  it("keeps no view of the block that it describes", () => {
    const chain = new RichChain();
    const block = chain.work();
    const { header } = describeHeader(block, chain.tip, consensus);
    expect(header.bytes.buffer.byteLength).toBe(80);
    expect(header.prev.buffer).toBe(header.bytes.buffer);
    expect(header).toEqual(block.header);
  });

  it("has no hash proof of stake until the kernel's time is known", () => {
    const chain = new RichChain();
    const block = chain.stake();
    expect(describeHeader(block, chain.tip, consensus).hashProof).toEqual(zeroHash());
    const known = describeHeader(block, chain.tip, consensus, chain.premine.coin.time);
    expect(toHashHex(known.hashProof)).toBe(
      toHashHex(hashProof(block, chain.tip, consensus, chain.premine.coin.time)),
    );
    expect(known.hashProof).not.toEqual(zeroHash());
  });

  it("takes an unknown modifier on from a checkpoint, and not before", () => {
    const chain = new RichChain();
    const block = chain.work();
    const parent = { ...chain.tip, stakeModifier: zeroHash() };
    expect(describeHeader(block, parent, consensus).stakeModifier).toEqual(zeroHash());
    const pinned = stakeModifier(zeroHash(), zeroHash());
    const at = height(parent.height + 1);
    const checkpoints = [{ height: at, hash: block.hash, stakeModifier: pinned }];
    const params = { ...consensus, checkpoints };
    expect(describeHeader(block, parent, params).stakeModifier).toEqual(pinned);
    expect(describeHeader(block, chain.tip, consensus).stakeModifier).toEqual(
      stakeModifier(block.hash, chain.tip.stakeModifier),
    );
  });

  it("has no modifier where there is no stake", () => {
    const chain = new RichChain(bitcoinRegtest);
    expect(chain.tip.stakeModifier).toEqual(zeroHash());
    expect(chain.tip.proofKind).toBe("work");
  });
});

describe("genesis", () => {
  it("that cannot be read is the fault of the network's data", () => {
    const broken = {
      consensus: { ...consensus, genesis: { raw: new Uint8Array(79), hash: zeroHash() } },
    };
    expect(() => genesisBlock(broken)).toThrow();
    expect(genesisRecord(exosRegtest).work).toBe(2n);
  });
});

describe("the choice between tips", () => {
  it("is for strictly more work, so that the first seen keeps a tie", () => {
    const [less, more] = [{ work: 5n }, { work: 6n }];
    expect(compareWork(less, more)).toBeLessThan(0);
    expect(compareWork(more, less)).toBeGreaterThan(0);
    expect(compareWork(less, less)).toBe(0);
    expect(isBetterTip(more, less)).toBe(true);
    expect(isBetterTip(less, { work: 5n })).toBe(false);
    expect(isBetterTip(less, more)).toBe(false);
  });

  it("goes no deeper than 500 blocks, and finality never goes back", () => {
    const final = (tip: number, before: number) =>
      finalizedHeight(height(tip), height(before), consensus);
    expect(final(499, 0)).toBe(0);
    expect(final(501, 0)).toBe(1);
    expect(final(1000, 600)).toBe(600);
    expect(isReorgAllowed(height(100), height(100))).toBe(true);
    expect(isReorgAllowed(height(99), height(100))).toBe(false);
  });
});

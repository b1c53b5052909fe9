import { announcementOfBlock } from "#shared/consensus/announcement.ts";
import { judgeBlockHeader, judgeHeader } from "#shared/consensus/judge-header.ts";
import { judgeProof } from "#shared/consensus/judge-proof.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { amount, height } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import { buildWork, madeUpOutpoint, output } from "./block-builder.ts";
import { exos, type Provoked, provenOf, staking, WIDE, whole } from "./provoke.ts";
import { OTHER, OWNER } from "./rich-chain.ts";
import { judgeWhole } from "./whole-judge.ts";

/** What fails a header. One provocation for each code. */
export const HEADER_PROVOCATIONS: Readonly<Record<string, () => Provoked>> = {
  "high-hash": () => {
    const chain = exos();
    return whole(chain, chain.work({ isUnsolved: true }));
  },
  "time-too-old": () => {
    const chain = exos();
    return whole(chain, chain.work({ time: chain.tip.header.time - 16 * 5 }));
  },
  "time-too-new": () => {
    const chain = exos();
    return whole(chain, chain.work(), chain.tip.header.time + 16 - 7201);
  },
  "bad-version": () => {
    const chain = exos();
    return whole(chain, chain.work({ header: (fields) => ({ ...fields, version: 6 }) }));
  },
  "read-txPrev-failed-insufficient": () => {
    const chain = exos();
    const kernel = { ...chain.premine, outpoint: madeUpOutpoint(999) };
    return judgeBlockHeader(chain.stake({ kernel }), chain.env(chain.now));
  },
  "invalid-stake-depth": () => {
    const chain = exos();
    const value = amount(30_000_000_000_000_000n);
    const young = height(chain.tip.height + 1 - 9);
    return whole(chain, chain.stake({ kernel: chain.grant({ value, height: young }) }));
  },
  "stake-time-violation": () => {
    const chain = exos();
    return whole(chain, chain.stake({ time: chain.now + 1 }));
  },
  "proof-of-stake-hash-invalid-target": () => {
    const chain = exos();
    return whole(chain, chain.stake({ kernel: chain.grant({ value: amount(1n) }) }));
  },
  "empty-coinstake": () => {
    const chain = exos();
    const { stake } = exosRegtest.consensus;
    const { header, hash, proof } = announcementOfBlock(chain.stake());
    if (stake === undefined || proof === undefined) throw new RangeError("a block of stake");
    const empty = { header, hash, proof: { ...proof, coinstake: undefined } };
    return judgeProof(empty, chain.env(chain.now), stake);
  },
  "verify-signature-failed-on-coinstake": () => {
    const chain = exos();
    return whole(chain, chain.stake({ kernel: { ...chain.premine, by: OTHER } }));
  },
  "block-timestamp-to-far": () => {
    const chain = exos();
    return whole(chain, chain.work(), chain.now - 16);
  },
  "block-timestamp-to-early": () => {
    const chain = exos();
    return whole(chain, chain.work({ time: chain.tip.header.time }));
  },
  "bad-block-signature": () => {
    const chain = exos();
    return whole(chain, chain.stake({ signedBy: OTHER }));
  },
  "proof-of-work-too-high": () => {
    const chain = exos();
    const parent = { ...chain.tip, height: height(45_000) };
    const block = buildWork({ ...chain.place, parent }, OWNER.payToKey);
    return judgeWhole(block, { ...chain.env(chain.now), parent });
  },
  "checkpoint-violation": () => {
    const chain = exos();
    const at = height(chain.tip.height + 1);
    const checkpoints = [{ height: at, hash: zeroHash(), stakeModifier: zeroHash() }];
    const params = { ...exosRegtest.consensus, checkpoints };
    return judgeWhole(chain.work(), { ...chain.env(chain.now), params });
  },
  "proven-header-merkle-proof-size": () => {
    const chain = exos();
    const proven = provenOf(chain.stake());
    const sizes = { ...proven.sizes, merkleProof: 513 };
    return judgeHeader({ ...proven, sizes }, chain.env(chain.now));
  },
  "proven-header-coinstake-size": () => {
    const chain = exos();
    return staking(chain, ({ outputs }) => ({
      outputs: [...(outputs ?? []), ...Array.from({ length: 10 }, () => output(0n, WIDE))],
    }));
  },
  "proven-header-signature-size": () => {
    const chain = exos();
    return whole(chain, chain.stake({ signature: new Uint8Array(80) }));
  },
  "utxo-not-found-in-rewind-data": () => {
    const chain = exos();
    const kernel = { ...chain.premine, outpoint: madeUpOutpoint(999) };
    return judgeBlockHeader(chain.stake({ kernel }), {
      ...chain.env(chain.now),
      spentRecord: () => ({ isRecorded: true, coin: undefined }),
    });
  },
  "proven-header-invalid-previous-header": () => {
    const chain = exos();
    const parent = { ...chain.tip, hash: chain.records[1]?.hash ?? chain.tip.hash };
    return judgeBlockHeader(chain.stake(), { ...chain.env(chain.now), parent });
  },
  "proven-header-invalid-previous-header-stake-modifier": () => {
    const chain = exos();
    const parent = { ...chain.tip, stakeModifier: zeroHash() };
    return judgeBlockHeader(chain.stake(), { ...chain.env(chain.now), parent });
  },
};

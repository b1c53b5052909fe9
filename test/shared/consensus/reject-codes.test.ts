import { describe, expect, it } from "vitest";
import { CONSENSUS_CODES, type ConsensusCode } from "#shared/consensus/verdict.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import { signDigest } from "../../support/block-builder.ts";
import { bitcoin, coldStaking, exos, pay, whole } from "../../support/provoke.ts";
import { BLOCK_PROVOCATIONS } from "../../support/provoke-block.ts";
import { FULL_PROVOCATIONS } from "../../support/provoke-full.ts";
import { HEADER_PROVOCATIONS } from "../../support/provoke-header.ts";
import { OWNER } from "../../support/rich-chain.ts";

/** Specification 12, typed from its text. */
const SPECIFIED = `
invalid-prev-tip, high-hash, bad-cb-height, bad-txns-nonfinal, bad-witness-nonce-size,
bad-witness-merkle-match, unexpected-witness, bad-blk-weight, bad-diffbits, time-too-old,
time-too-new, bad-version, bad-txnmrklroot, bad-blk-length, bad-cb-missing, bad-cb-length,
bad-cb-multiple, bad-cs-multiple, bad-blk-sigops, bad-txns-duplicate, bad-txns-vin-empty,
bad-txns-vout-empty, bad-txns-oversize, user-txout-empty, bad-txns-vout-negative,
bad-txns-vout-toolarge, bad-txns-txouttotal-toolarge, bad-txns-inputs-duplicate,
bad-txns-prevout-null, bad-txns-BIP30, bad-txns-inputs-missingorspent, bad-cb-amount,
bad-cs-amount, bad-txns-premature-spend-of-coinbase, bad-txns-premature-spend-of-coinstake,
bad-txns-inputvalues-outofrange, bad-txns-in-belowout, bad-txns-fee-negative,
bad-txns-fee-outofrange, bad-txns-early-timestamp, bad-txns-script-failed, non-coinstake,
read-txPrev-failed, read-txPrev-failed-insufficient, invalid-stake-depth, stake-time-violation,
bad-stake-block, prev-stake-null, proof-of-stake-hash-invalid-target, empty-coinstake,
modifier-not-found, failed-select-block, set-stake-entropy-bit-failed,
verify-signature-failed-on-coinstake, block-timestamp-to-far, block-timestamp-to-early,
bad-block-signature, block-time-before-trx, proof-of-work-too-high, checkpoint-violation,
proven-header-merkle-proof-size, proven-header-coinstake-size, proven-header-signature-size,
bad-txns-spend-of-coinstake, utxo-not-found-in-rewind-data,
proven-header-invalid-previous-header, proven-header-invalid-previous-header-stake-modifier,
bad-coldstake-amount, bad-coldstake-inputs, bad-coldstake-outputs`
  .split(",")
  .map((code) => code.trim());

/** Codes that the reference has and no rule of it, or of ours, ever answers with. */
const UNUSED: readonly ConsensusCode[] = [
  "modifier-not-found",
  "failed-select-block",
  "set-stake-entropy-bit-failed",
  "bad-txns-spend-of-coinstake",
];

const PROVOKED = { ...HEADER_PROVOCATIONS, ...BLOCK_PROVOCATIONS, ...FULL_PROVOCATIONS };

describe("reject codes", () => {
  it("are the seventy of specification 12, letter for letter", () => {
    expect(SPECIFIED.length).toBe(70);
    expect(Object.keys(CONSENSUS_CODES).sort()).toEqual([...SPECIFIED].sort());
  });

  it("are all provoked but the four without a rule", () => {
    expect([...Object.keys(PROVOKED), ...UNUSED].sort()).toEqual([...SPECIFIED].sort());
    expect(UNUSED.length).toBe(4);
  });

  it.each(Object.entries(PROVOKED))("%s is provoked", (code, provoke) => {
    expect(provoke()?.code).toBe(code);
  });

  it("are no answer to honest blocks of either kind, nor to cold staking", () => {
    const chain = exos();
    expect(chain.offer(chain.work({ transactions: [pay(chain)] }), chain.now)).toBeUndefined();
    expect(chain.offer(chain.stake(), chain.now)).toBeUndefined();
    expect(coldStaking(() => ({}))).toBeUndefined();
    const other = bitcoin();
    expect(whole(other, other.work({ transactions: [pay(other)] }))).toBeUndefined();
  });

  it("condemn the delivery alone where no hash commits to the fault", () => {
    const chain = exos();
    const bad = chain.stake({ signature: signDigest(zeroHash(), OWNER) });
    expect(whole(chain, bad)?.effect).toBe("bytes");
    expect(PROVOKED["unexpected-witness"]?.()?.effect).toBe("bytes");
    expect(PROVOKED["time-too-new"]?.()?.effect).toBe("until");
  });
});

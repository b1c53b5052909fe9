import type { HeaderView } from "#services/rpc/views/header-view.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** 256 bits as 64 hex digits. */
export function wordHex(value: bigint): string {
  return value.toString(16).padStart(64, "0");
}

/** A 32-bit number as 8 hex digits. */
export function hex32(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}

/**
 * A header in Bitcoin Core 28's keys, and those of proof of stake.
 * @param transactionCount Core's `nTx`; 0 while the body is not known
 */
export function coreHeader(view: HeaderView, transactionCount: number): object {
  const { record, medianTime, difficulty, confirmations } = view;
  const { header } = record;
  return {
    hash: record.hash,
    confirmations,
    height: record.height,
    version: header.version,
    versionHex: hex32(header.version),
    merkleroot: toHashHex(header.merkleRoot),
    time: header.time,
    mediantime: medianTime,
    nonce: header.nonce,
    bits: hex32(header.bits),
    difficulty,
    chainwork: wordHex(record.work),
    nTx: transactionCount,
    ...(view.previous === undefined ? {} : { previousblockhash: view.previous }),
    ...(view.next === undefined ? {} : { nextblockhash: view.next }),
  };
}

/** What a proof-of-stake chain adds to a block, under the names its clients know. */
export function stakeKeys({ record, work }: HeaderView): object {
  const hashProof = toHashHex(record.hashProof);
  return {
    flags: record.proofKind === "stake" ? "proof-of-stake" : "proof-of-work",
    hashproof: hashProof,
    proofhash: hashProof,
    modifierv2: toHashHex(record.stakeModifier),
    blocktrust: wordHex(work),
    chaintrust: wordHex(record.work),
  };
}

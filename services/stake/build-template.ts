import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeHeader } from "#shared/codec/header.ts";
import { blockReward } from "#shared/consensus/block-reward.ts";
import { blockVersion } from "#shared/consensus/block-version.ts";
import type { HeaderRecord, ProofKind } from "#shared/consensus/header-record.ts";
import { heightPush } from "#shared/consensus/height-push.ts";
import { nextBits } from "#shared/consensus/next-bits.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { COMMITMENT_MARK, witnessCommitment } from "#shared/consensus/witness-commitment.ts";
import { merkleRoot } from "#shared/crypto/merkle-root.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";
import { amount, height, type UnixSeconds, unixSeconds } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { fromHashHex, zeroHash } from "#shared/primitives/hash.ts";
import type { HashedTransaction, Transaction, TxOutput } from "#shared/primitives/transaction.ts";
import type { Taken } from "./take-transactions.ts";

/** A block that still lacks its nonce, or its coinstake's and its own signature. */
export interface BlockTemplate {
  readonly header: Omit<BlockHeader, "bytes">;
  /** The 80 bytes with nonce 0. */
  readonly bytes: Uint8Array;
  readonly transactions: readonly HashedTransaction[];
}

/** When a block is made and of what. */
export interface TemplateParts {
  /** Of block and coinbase. */
  readonly time: UnixSeconds;
  readonly taken: Taken;
  /** Who share a miner's reward and fees, one at least, or the coinstake that pays itself. */
  readonly proof:
    | { readonly kind: "work"; readonly scripts: readonly Uint8Array[] }
    | { readonly kind: "stake"; readonly coinstake: HashedTransaction };
}

const OP_0 = 0x00;
const FINAL_SEQUENCE = 0xffff_ffff;
/** What a coinbase spends stands at this index of the zero hash. */
const NO_INDEX = 0xffff_ffff;
const NONCE_BYTES = 32;

/**
 * The block that a miner or staker would add to `parent`. A miner's coinbase takes reward and fees;
 * a staker's is empty, for the coinstake takes them.
 *
 * @source exos-l1.md 8.2, 8.3
 */
export function buildTemplate(
  parent: HeaderRecord,
  { time, taken, proof }: TemplateParts,
  params: ConsensusParams,
): BlockTemplate {
  const at = height(parent.height + 1);
  const outputs: readonly TxOutput[] =
    proof.kind === "stake"
      ? [{ value: amount(0n), scriptPubKey: new Uint8Array(0) }]
      : shares(blockReward(at, "work", params) + taken.fees, proof.scripts);
  const coinbase: Transaction = {
    version: 1,
    time: params.wire.transactionTime ? time : unixSeconds(0),
    inputs: [
      {
        prevout: { txid: zeroHash(), index: NO_INDEX },
        scriptSig: Uint8Array.of(...heightPush(at), OP_0),
        sequence: FINAL_SEQUENCE,
        witness: [],
      },
    ],
    outputs,
    lockTime: 0,
  };
  const own = proof.kind === "stake" ? [proof.coinstake] : [];
  const transactions = withCoinbase(coinbase, [...own, ...taken.transactions], params);
  const header = headerOf(parent, { time, transactions, kind: proof.kind }, params);
  return { header, bytes: encodeHeader(header), transactions };
}

/** Equal parts; the first takes what does not divide. */
function shares(value: bigint, scripts: readonly Uint8Array[]): TxOutput[] {
  const part = value / BigInt(scripts.length);
  const first = value - part * BigInt(scripts.length - 1);
  return scripts.map((scriptPubKey, index) => ({
    value: amount(index === 0 ? first : part),
    scriptPubKey,
  }));
}

function headerOf(
  parent: HeaderRecord,
  block: {
    readonly time: UnixSeconds;
    readonly transactions: readonly HashedTransaction[];
    readonly kind: ProofKind;
  },
  params: ConsensusParams,
): Omit<BlockHeader, "bytes"> {
  return {
    version: blockVersion(parent, params),
    prev: fromHashHex(parent.hash),
    merkleRoot: merkleRoot(block.transactions.map(({ txid }) => txid)).root,
    time: block.time,
    bits: nextBits(parent, block.kind, params),
    nonce: 0,
  };
}

/** The coinbase in front of the others; it commits to their witnesses where they have any. */
function withCoinbase(
  coinbase: Transaction,
  others: readonly HashedTransaction[],
  { wire }: ConsensusParams,
): readonly HashedTransaction[] {
  const plain = [hashTransaction(coinbase, wire), ...others];
  if (others.every(({ txid, wtxid }) => equalBytes(txid, wtxid))) return plain;
  const nonce = new Uint8Array(NONCE_BYTES);
  const commitment = Uint8Array.of(...COMMITMENT_MARK, ...witnessCommitment(plain, nonce));
  const committing: Transaction = {
    ...coinbase,
    inputs: coinbase.inputs.map((input) => ({ ...input, witness: [nonce] })),
    outputs: [...coinbase.outputs, { value: amount(0n), scriptPubKey: commitment }],
  };
  return [hashTransaction(committing, wire), ...others];
}

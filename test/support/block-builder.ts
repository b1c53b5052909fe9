import { secp256k1 } from "@noble/curves/secp256k1.js";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { encodeHeader, hashHeader } from "#shared/codec/header.ts";
import { blockReward } from "#shared/consensus/block-reward.ts";
import { blockVersion } from "#shared/consensus/block-version.ts";
import { decodeCompact } from "#shared/consensus/decode-compact.ts";
import { hashNumber } from "#shared/consensus/hash-number.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { heightPush } from "#shared/consensus/height-push.ts";
import { nextBits } from "#shared/consensus/next-bits.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { workHash } from "#shared/consensus/work-hash.ts";
import { hash160, hash256 } from "#shared/crypto/hashes.ts";
import { merkleRoot } from "#shared/crypto/merkle-root.ts";
import type { Block, BlockHeader } from "#shared/primitives/block.ts";
import { amount, type Hash256, height, unixSeconds } from "#shared/primitives/brand.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import { fromHashHex, zeroHash } from "#shared/primitives/hash.ts";
import type {
  HashedTransaction,
  Outpoint,
  Transaction,
  TxInput,
  TxOutput,
} from "#shared/primitives/transaction.ts";
import { signatureHash } from "#shared/script/signature-hash.ts";

/** Somebody who can sign, and the scripts that pay them. */
export interface Signer {
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly payToKey: Uint8Array;
  readonly payToHash: Uint8Array;
}

/** The holder of a small secret number. */
export function signer(secretNumber: number): Signer {
  const secret = new Uint8Array(32);
  secret[31] = secretNumber;
  const publicKey = secp256k1.getPublicKey(secret);
  return {
    secret,
    publicKey,
    payToKey: Uint8Array.of(publicKey.length, ...publicKey, 0xac),
    payToHash: Uint8Array.of(0x76, 0xa9, 20, ...hash160(publicKey), 0x88, 0xac),
  };
}

/** A script that a hot key may stake and a cold key may spend. @source exos-l1.md 5.5 */
export function coldStakingScript(hot: Signer, cold: Signer): Uint8Array {
  const hash = ({ publicKey }: Signer) => [20, ...hash160(publicKey)];
  const head = [0x76, 0xa9, 0x7b, 0x63, 0xb9, ...hash(hot), 0x67];
  return Uint8Array.of(...head, ...hash(cold), 0x68, 0x88, 0xac);
}

/** DER of a signature over 32 bytes, low s. */
export function signDigest(digest: Uint8Array, { secret }: Signer): Uint8Array {
  return secp256k1.sign(digest, secret, { prehash: false, format: "der" });
}

/** A coin and where it lies. */
export interface HeldCoin {
  readonly outpoint: Outpoint;
  readonly coin: Coin;
}

/** An input to be signed; `scriptSig` given outright needs no signer. */
export interface Spend extends HeldCoin {
  readonly by?: Signer;
  readonly scriptSig?: Uint8Array;
  readonly sequence?: number;
  readonly witness?: readonly Uint8Array[];
}

/** What differs from a transaction of version 1 without a lock. */
export type TransactionParts = Partial<Omit<Transaction, "inputs">> & {
  readonly inputs: readonly Spend[];
};

/** An output of so many base units. */
export function output(value: bigint, scriptPubKey: Uint8Array): TxOutput {
  return { value: amount(value), scriptPubKey };
}

/** A signed transaction. Scripts of a key, of a key's hash and of cold staking are understood. */
export function buildTransaction(
  parts: TransactionParts,
  { wire }: Pick<ConsensusParams, "wire">,
): HashedTransaction {
  const inputs: readonly TxInput[] = parts.inputs.map((spend) => ({
    prevout: spend.outpoint,
    scriptSig: spend.scriptSig ?? new Uint8Array(0),
    sequence: spend.sequence ?? 0xffff_ffff,
    witness: spend.witness ?? [],
  }));
  const unsigned: Transaction = {
    version: parts.version ?? 1,
    time: parts.time ?? unixSeconds(0),
    inputs,
    outputs: parts.outputs ?? [],
    lockTime: parts.lockTime ?? 0,
  };
  const signed = inputs.map((input, index) => {
    const spend = parts.inputs[index];
    if (spend?.by === undefined || spend.scriptSig !== undefined) return input;
    const scriptCode = spend.coin.scriptPubKey;
    const digest = signatureHash(
      { tx: unsigned, index, scriptCode, hashType: 1 },
      wire.transactionTime,
    );
    const signature = Uint8Array.of(...signDigest(digest, spend.by), 1);
    return { ...input, scriptSig: unlocking(scriptCode, signature, spend.by) };
  });
  return hashTransaction({ ...unsigned, inputs: signed }, wire);
}

function unlocking(script: Uint8Array, signature: Uint8Array, { publicKey }: Signer): Uint8Array {
  const push = (bytes: Uint8Array) => [bytes.length, ...bytes];
  if (script.at(0) !== 0x76) return Uint8Array.of(...push(signature));
  const isHot = script.length === 51 ? [0x51] : [];
  return Uint8Array.of(...push(signature), ...isHot, ...push(publicKey));
}

/** What a test changes about a block; each hook gets what an honest node would have made. */
export interface BlockParts {
  readonly time?: number;
  readonly transactions?: readonly HashedTransaction[];
  coinbase?(tx: Transaction): Transaction;
  header?(fields: Omit<BlockHeader, "bytes">): Omit<BlockHeader, "bytes">;
  readonly signature?: Uint8Array;
  /** Whether the nonce is to miss the target. */
  readonly isUnsolved?: boolean;
}

/** Where a block is to stand. */
export interface BuildEnv {
  readonly parent: HeaderRecord;
  readonly params: ConsensusParams;
}

/** A block proven by work, with a coinbase that pays the reward, no fees, to `to`. */
export function buildWork(env: BuildEnv, to: Uint8Array, parts: BlockParts = {}): Block {
  const { parent, params } = env;
  const at = height(parent.height + 1);
  const reward = blockReward(at, "work", params);
  const coinbase = coinbaseOf(env, [output(reward, to)], parts);
  const bits = nextBits(parent, "work", params);
  return seal([coinbase, ...(parts.transactions ?? [])], { ...env, bits, parts });
}

/** What a test changes about a block proven by stake. */
export interface StakeParts extends BlockParts {
  readonly kernel: Spend;
  /** Who signs the block; else the owner of the kernel. */
  readonly signedBy?: Signer;
  coinstake?(parts: TransactionParts): TransactionParts;
}

/** A block proven by stake: the kernel's value and the reward go back to its script. */
export function buildStake(env: BuildEnv, parts: StakeParts): Block {
  const { parent, params } = env;
  const { kernel } = parts;
  const time = unixSeconds(timeOf(env, parts));
  const reward = params.stake?.reward ?? 0n;
  const plain: TransactionParts = {
    time,
    inputs: [kernel],
    outputs: [
      output(0n, new Uint8Array(0)),
      output(kernel.coin.value + reward, kernel.coin.scriptPubKey),
    ],
  };
  const coinstake = buildTransaction(parts.coinstake?.(plain) ?? plain, params);
  const coinbase = coinbaseOf(env, [output(0n, new Uint8Array(0))], parts);
  const bits = nextBits(parent, "stake", params);
  const transactions = [coinbase, coinstake, ...(parts.transactions ?? [])];
  const by = parts.signedBy ?? kernel.by;
  return seal(transactions, { ...env, bits, parts, ...(by === undefined ? {} : { by }) });
}

/** One slot after the parent, rounded down to a slot. */
function timeOf({ parent }: BuildEnv, { time }: BlockParts): number {
  return time ?? (parent.header.time + 16) & ~15;
}

function coinbaseOf(
  env: BuildEnv,
  outputs: readonly TxOutput[],
  parts: BlockParts,
): HashedTransaction {
  const { parent, params } = env;
  const scriptSig = Uint8Array.of(...heightPush(height(parent.height + 1)), 0);
  const prevout = { txid: zeroHash(), index: 0xffff_ffff };
  const time = params.wire.transactionTime ? timeOf(env, parts) : 0;
  const plain: Transaction = {
    version: 1,
    time: unixSeconds(time),
    inputs: [{ prevout, scriptSig, sequence: 0xffff_ffff, witness: [] }],
    outputs,
    lockTime: 0,
  };
  return hashTransaction(parts.coinbase?.(plain) ?? plain, params.wire);
}

interface Sealing extends BuildEnv {
  readonly bits: BlockHeader["bits"];
  readonly parts: BlockParts;
  readonly by?: Signer;
}

/** Header, proof of work or signature, and the bytes read back as a node would. */
function seal(transactions: readonly HashedTransaction[], sealing: Sealing): Block {
  const { parent, params, bits, parts, by } = sealing;
  const plain = {
    version: blockVersion(parent, params),
    prev: fromHashHex(parent.hash),
    merkleRoot: merkleRoot(transactions.map(({ txid }) => txid)).root,
    time: unixSeconds(timeOf(sealing, parts)),
    bits,
    nonce: 0,
  };
  const fields = parts.header?.(plain) ?? plain;
  const header = by === undefined ? solve(fields, sealing) : withBytes(fields);
  const own = by === undefined ? undefined : signDigest(hashHeader(header, params.wire), by);
  const signature = parts.signature ?? own ?? new Uint8Array(0);
  const decoded = decodeBlock(
    encodeBlock({ header, transactions, signature }, params.wire),
    params.wire,
  );
  if (!decoded.ok) throw decoded.error;
  return decoded.value;
}

function withBytes(fields: Omit<BlockHeader, "bytes">): BlockHeader {
  return { ...fields, bytes: encodeHeader(fields) };
}

function solve(fields: Omit<BlockHeader, "bytes">, { params, parts }: Sealing): BlockHeader {
  const target = decodeCompact(fields.bits);
  for (let nonce = 0; nonce < 100_000; nonce++) {
    const header = withBytes({ ...fields, nonce });
    const isSolved = hashNumber(workHash(header, params)) <= target;
    if (isSolved !== (parts.isUnsolved ?? false)) return header;
  }
  throw new RangeError("no nonce found: a test asked for too much work");
}

/** An outpoint that no transaction has. */
export function madeUpOutpoint(number: number): Outpoint {
  const txid: Hash256 = hash256(Uint8Array.of(number & 255, number >> 8, 0xee));
  return { txid, index: 0 };
}

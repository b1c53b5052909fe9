import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { decodeHeader, encodeHeader, hashHeader } from "#shared/codec/header.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import type { BlockToIndex } from "#shared/ports/address-index.ts";
import {
  amount,
  compactBits,
  type Hash256,
  height,
  unixSeconds,
} from "#shared/primitives/brand.ts";
import { toHashHex, zeroHash } from "#shared/primitives/hash.ts";
import type { HashedTransaction, Outpoint } from "#shared/primitives/transaction.ts";
import { EXOS_WIRE } from "./wires.ts";

/** An output that a later transaction may spend. */
export interface TreeCoin extends Outpoint {
  readonly value: bigint;
  readonly script: Uint8Array;
}

/** A block of well-formed bytes that no rule has seen; what it spends, its ancestors made. */
export interface TreeBlock extends BlockToIndex {
  readonly prev: TreeBlock | undefined;
  readonly transactions: readonly HashedTransaction[];
  /** Unspent after it. */
  readonly coins: readonly TreeCoin[];
}

export const KEY = Uint8Array.of(2, ...new Uint8Array(32).fill(7));
/** Three ways to pay one key, two others, one that nobody owns, one that nobody can spend. */
export const TO_KEY = Uint8Array.of(33, ...KEY, 0xac);
export const TO_KEY_HASH = Uint8Array.of(0x76, 0xa9, 20, ...hash160(KEY), 0x88, 0xac);
export const TO_B = Uint8Array.of(0x76, 0xa9, 20, ...new Uint8Array(20).fill(0xbb), 0x88, 0xac);
export const TO_C = Uint8Array.of(0x51);
/** Staked by the hot key, spent by whoever `TO_B` pays. */
export const TO_STAKER_OF_B = coldStaking({ hot: 0xaa, cold: 0xbb });
export const TO_NOBODY = new Uint8Array(0);
export const TO_NOTHING = Uint8Array.of(0x6a, 1, 1);

export interface TreeTransaction {
  readonly spends: readonly Outpoint[];
  readonly pays: readonly (readonly [bigint, Uint8Array])[];
}

const NOTHING_SPENT: Outpoint = { txid: zeroHash(), index: 0xffff_ffff };

function made(tx: HashedTransaction): TreeCoin[] {
  return tx.outputs.flatMap(({ value, scriptPubKey }, index) =>
    scriptPubKey[0] === 0x6a ? [] : [{ txid: tx.txid, index, value, script: scriptPubKey }],
  );
}

function same(a: Outpoint, b: Outpoint): boolean {
  return a.index === b.index && toHashHex(a.txid) === toHashHex(b.txid);
}

/**
 * A block over `prev` with these transactions after its coinbase.
 *
 * @param nonce tells rivals apart
 */
export function growBlock(
  prev: TreeBlock | undefined,
  nonce: number,
  [coinbase, ...others]: readonly TreeTransaction[],
): TreeBlock {
  const above = prev === undefined ? 0 : prev.height + 1;
  const time = unixSeconds(1_600_000_000 + 64 * above);
  const build = ({ spends, pays }: TreeTransaction, scriptSig: Uint8Array) =>
    hashTransaction(
      {
        version: 1,
        time,
        inputs: spends.map((prevout) => ({
          prevout,
          scriptSig,
          sequence: 0xffff_ffff,
          witness: [],
        })),
        outputs: pays.map(([value, scriptPubKey]) => ({ value: amount(value), scriptPubKey })),
        lockTime: 0,
      },
      EXOS_WIRE,
    );
  const first = { spends: [NOTHING_SPENT], pays: coinbase?.pays ?? [] };
  const transactions = [
    build(first, Uint8Array.of(above & 0xff, above >> 8, nonce)),
    ...others.map((tx) => build(tx, Uint8Array.of(0))),
  ];

  const fields = {
    version: 7,
    prev: (prev === undefined ? zeroHash() : headerHash(prev.bytes)) as Hash256,
    merkleRoot: new Uint8Array(32).fill(nonce) as Hash256,
    time,
    bits: compactBits(0x1e0fffff),
    nonce,
  };
  const header = { ...fields, bytes: encodeHeader(fields) };
  const bytes = encodeBlock({ header, transactions, signature: new Uint8Array(0) }, EXOS_WIRE);
  const spent = transactions.slice(1).flatMap((tx) => tx.inputs.map(({ prevout }) => prevout));
  const all = [...(prev?.coins ?? []), ...(above === 0 ? [] : transactions.flatMap(made))];
  return {
    height: height(above),
    hash: toHashHex(headerHash(bytes)),
    bytes: bytes.slice(),
    prev,
    transactions,
    coins: all.filter((coin) => !spent.some((outpoint) => same(outpoint, coin))),
  };
}

function headerHash(bytes: Uint8Array): Hash256 {
  const header = decodeHeader(bytes);
  if (!header.ok) throw header.error;
  return hashHeader(header.value, EXOS_WIRE);
}

/** The blocks from genesis to this one. */
export function chainOf(tip: TreeBlock): TreeBlock[] {
  const chain: TreeBlock[] = [];
  for (let at: TreeBlock | undefined = tip; at !== undefined; at = at.prev) chain.push(at);
  return chain.reverse();
}

const SCRIPTS = [TO_KEY, TO_KEY_HASH, TO_B, TO_C, TO_STAKER_OF_B, TO_NOBODY, TO_NOTHING];

/** A block with a random handful of payments, now and then by stake. */
export function growRandomBlock(prev: TreeBlock, next: () => number): TreeBlock {
  const pick = (count: number) => Math.floor(next() * count);
  const script = () => SCRIPTS[pick(SCRIPTS.length)] ?? TO_B;
  const coins = [...prev.coins];
  const take = () => coins.splice(pick(coins.length), 1);
  const transactions: TreeTransaction[] = [{ spends: [], pays: [[50n, script()]] }];
  const kernel = next() < 0.3 ? take()[0] : undefined;
  if (kernel !== undefined) {
    const gain = kernel.value + 3n;
    transactions.push({
      spends: [kernel],
      pays: [
        [0n, TO_NOBODY],
        [gain, kernel.script],
      ],
    });
  }
  for (let count = pick(4); count > 0; count--) {
    const spends = [...take(), ...(next() < 0.5 ? take() : [])];
    if (spends.length === 0) break;
    const value = spends.reduce((sum, coin) => sum + coin.value, 0n);
    const part = value / 3n;
    const change: [bigint, Uint8Array] = [value - 2n * part, script()];
    transactions.push({ spends, pays: [[part, script()], change].slice(pick(2)) as never });
  }
  return growBlock(prev, pick(256), transactions);
}

function coldStaking({ hot, cold }: { readonly hot: number; readonly cold: number }): Uint8Array {
  const hash = (byte: number) => new Uint8Array(20).fill(byte);
  const script = [0x76, 0xa9, 0x7b, 0x63, 0xb9, 20, ...hash(hot), 0x67, 20, ...hash(cold)];
  return Uint8Array.of(...script, 0x68, 0x88, 0xac);
}

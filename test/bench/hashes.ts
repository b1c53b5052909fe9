/**
 * `node test/bench/hashes.ts [rounds]`: double SHA-256, Merkle roots and set hashes on one thread,
 * beside @noble/hashes.
 * @module
 */
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { hash256Many } from "#shared/crypto/hash256-many.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import { merkleRoot } from "#shared/crypto/merkle-root.ts";
import { MuHash } from "#shared/crypto/muhash.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { medianSeconds } from "./rounds.ts";

const PIECES = 512;
/** A transaction of one input and two outputs has about so many bytes. */
const PIECE_BYTES = 230;
const LEAVES = 2000;
const ELEMENTS = 200;
const ELEMENT_BYTES = 80;
const MICROSECONDS = 1e6;
const WARM_UP_ROUNDS = 20;

export interface HashFigures {
  /** Double SHA-256 of pieces of 230 bytes, microseconds each: in bulk, one by one, by noble. */
  readonly bulk: number;
  readonly single: number;
  readonly noble: number;
  /** Microseconds for the root of 2,000 leaves. */
  readonly merkle: number;
  /** Microseconds to insert an element of 80 bytes. */
  readonly element: number;
  /** Microseconds to divide and hash a set. */
  readonly digest: number;
}

const nobleHash256 = (bytes: Uint8Array) => nobleSha256(nobleSha256(bytes));

/** Medians of interleaved rounds, a few milliseconds each. */
export function benchHashes(rounds = 31): HashFigures {
  const random = createSeededRandom(1);
  const pieces = Array.from({ length: PIECES }, () => random.bytes(PIECE_BYTES));
  const leaves = Array.from({ length: LEAVES }, (_, index) => hash256(Uint8Array.of(index & 255)));
  const elements = pieces.slice(0, ELEMENTS).map((piece) => piece.subarray(0, ELEMENT_BYTES));
  const set = new MuHash();
  if (
    !hash256Many(pieces).every((digest, i) => equalBytes(digest, nobleHash256(pieces[i] ?? digest)))
  ) {
    throw new RangeError("a digest is wrong");
  }
  const cases = {
    bulk: () => {
      hash256Many(pieces);
    },
    single: () => {
      for (const piece of pieces) hash256(piece);
    },
    noble: () => {
      for (const piece of pieces) nobleHash256(piece);
    },
    merkle: () => {
      merkleRoot(leaves);
    },
    element: () => {
      for (const element of elements) set.insert(element);
    },
    digest: () => {
      set.digest();
    },
  };
  medianSeconds(cases, WARM_UP_ROUNDS);
  const seconds = medianSeconds(cases, rounds);
  return {
    bulk: (seconds.bulk / PIECES) * MICROSECONDS,
    single: (seconds.single / PIECES) * MICROSECONDS,
    noble: (seconds.noble / PIECES) * MICROSECONDS,
    merkle: seconds.merkle * MICROSECONDS,
    element: (seconds.element / ELEMENTS) * MICROSECONDS,
    digest: seconds.digest * MICROSECONDS,
  };
}

if (import.meta.main) {
  const { bulk, single, noble, merkle, element, digest } = benchHashes(
    Number(process.argv[2] ?? 31),
  );
  process.stdout.write(`${process.version}\n`);
  const row = (name: string, microseconds: number, note = ""): void => {
    process.stdout.write(`${name.padEnd(36)} ${microseconds.toFixed(2).padStart(9)} us ${note}\n`);
  };
  const rate = (microseconds: number): string =>
    `${(PIECE_BYTES / microseconds).toFixed(0).padStart(5)} MB/s ${(noble / microseconds).toFixed(2).padStart(6)}`;
  row(`hash256Many, ${PIECE_BYTES} bytes each`, bulk, rate(bulk));
  row(`hash256, ${PIECE_BYTES} bytes`, single, rate(single));
  row(`noble, ${PIECE_BYTES} bytes`, noble, rate(noble));
  row(`merkleRoot, ${LEAVES} leaves`, merkle);
  row(`MuHash.insert, ${ELEMENT_BYTES} bytes`, element);
  row("MuHash.digest", digest);
}

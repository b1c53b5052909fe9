import { sha256 } from "#shared/crypto/hashes.ts";
import { type AssemblyMemory, instantiate } from "#shared/crypto/instantiate.ts";
import { MUHASH_MODULE } from "#shared/crypto/muhash-module.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";

/** What `assembly/muhash/muhash.ts` exports. */
interface Engine {
  readonly memory: AssemblyMemory;
  readonly product: { readonly value: number };
  readonly other: { readonly value: number };
  readonly value: { readonly value: number };
  multiplyElement(): void;
  multiplyOther(): void;
  divideByOther(): void;
  readValue(): void;
  writeValue(): void;
}

interface Session {
  readonly engine: Engine;
  readonly product: Uint8Array;
  readonly other: Uint8Array;
  readonly value: Uint8Array;
}

/** Bytes of a number as the engine works on it. */
const NUMBER_BYTES = 448;
const VALUE_BYTES = 384;

let current: Session | undefined;

function session(): Session {
  if (current !== undefined) return current;
  const engine = instantiate<Engine>(MUHASH_MODULE);
  const { buffer } = engine.memory;
  current = {
    engine,
    product: new Uint8Array(buffer, engine.product.value, NUMBER_BYTES),
    other: new Uint8Array(buffer, engine.other.value, NUMBER_BYTES),
    value: new Uint8Array(buffer, engine.value.value, VALUE_BYTES),
  };
  return current;
}

/** One, in the form of the engine: its lowest limb comes first. */
function one(): Uint8Array {
  const number = new Uint8Array(NUMBER_BYTES);
  number[0] = 1;
  return number;
}

/**
 * Hash of a set of byte strings in which order does not count: the product modulo 2^3072 - 1103717
 * of one number for each, the ChaCha20 keystream under its SHA-256. Removing divides, so sets may be
 * added and taken away in any order and by halves.
 *
 * Kept as a quotient: an element costs microseconds, and only `serialize` and `digest` divide, which
 * takes thousands of them.
 *
 * @source MuHash3072, bitcoin/bitcoin src/crypto/muhash.h; Bellare, Micciancio, EUROCRYPT 1997
 */
export class MuHash {
  #numerator = one();
  #denominator = one();

  /** The set whose `serialize` gave these 384 bytes. @throws RangeError for another length */
  static from(bytes: Uint8Array): MuHash {
    if (bytes.length !== VALUE_BYTES) throw new RangeError("a set hash has 384 bytes");
    const { engine, product, value } = session();
    value.set(bytes);
    engine.readValue();
    const set = new MuHash();
    set.#numerator.set(product);
    return set;
  }

  insert(data: Uint8Array): void {
    multiplyElement(this.#numerator, data);
  }

  /** What was never inserted may be removed; inserting it later makes up for it. */
  remove(data: Uint8Array): void {
    multiplyElement(this.#denominator, data);
  }

  /** Take in all that was inserted into and removed from another set, which stays as it is. */
  combine(set: MuHash): void {
    multiplyNumbers(this.#numerator, set.#numerator);
    multiplyNumbers(this.#denominator, set.#denominator);
  }

  /** The quotient, below the modulus: 384 little-endian bytes. Equal sets give equal bytes. */
  serialize(): Uint8Array {
    const { engine, product, other, value } = session();
    product.set(this.#numerator);
    other.set(this.#denominator);
    engine.divideByOther();
    this.#numerator.set(product);
    this.#denominator = one();
    engine.writeValue();
    return value.slice();
  }

  /** SHA-256 of `serialize`, in wire order. */
  digest(): Hash256 {
    return sha256(this.serialize()) as Hash256;
  }
}

function multiplyElement(number: Uint8Array, data: Uint8Array): void {
  const key = sha256(data);
  const { engine, product, value } = session();
  product.set(number);
  value.set(key);
  engine.multiplyElement();
  number.set(product);
}

function multiplyNumbers(number: Uint8Array, by: Uint8Array): void {
  const { engine, product, other } = session();
  product.set(number);
  other.set(by);
  engine.multiplyOther();
  number.set(product);
}

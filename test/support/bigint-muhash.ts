import { sha256 } from "#shared/crypto/hashes.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";

/** MuHash3072 as it is defined, in bigint: slow and plain, to compare others with. */
const MODULUS = 2n ** 3072n - 1_103_717n;

function quarter(x: Uint32Array, [a, b, c, d]: readonly [number, number, number, number]): void {
  const at = (index: number): number => x[index] ?? 0;
  const turn = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
  for (const [to, from, xor, by] of [
    [a, b, d, 16],
    [c, d, b, 12],
    [a, b, d, 8],
    [c, d, b, 7],
  ] as const) {
    x[to] = at(to) + at(from);
    x[xor] = turn(at(xor) ^ at(to), by);
  }
}

/** 384 bytes of ChaCha20 under a key, nonce and counter zero. @source RFC 8439 */
function keystream(key: Uint8Array): Uint8Array {
  const view = new DataView(key.buffer, key.byteOffset);
  const out = new Uint8Array(384);
  const words = new DataView(out.buffer);
  for (let block = 0; block < 6; block++) {
    const start = new Uint32Array(16);
    start.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);
    for (let word = 0; word < 8; word++) start[4 + word] = view.getUint32(4 * word, true);
    start[12] = block;
    const x = start.slice();
    for (let round = 0; round < 10; round++) {
      for (let column = 0; column < 4; column++) {
        quarter(x, [column, 4 + column, 8 + column, 12 + column]);
      }
      for (let row = 0; row < 4; row++) {
        quarter(x, [row, 4 + ((row + 1) % 4), 8 + ((row + 2) % 4), 12 + ((row + 3) % 4)]);
      }
    }
    x.forEach((value, word) => {
      words.setUint32(64 * block + 4 * word, value + (start[word] ?? 0), true);
    });
  }
  return out;
}

function toNumber(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  return value;
}

function toBytes(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 384 }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));
}

function inverse(value: bigint): bigint {
  let [a, b, x, y] = [value, MODULUS, 1n, 0n];
  while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % MODULUS) + MODULUS) % MODULUS;
}

/** A set of byte strings as one number. */
export class BigintMuHash {
  #over: bigint;
  #under = 1n;

  constructor(finished?: Uint8Array) {
    this.#over = finished === undefined ? 1n : toNumber(finished);
  }

  insert(data: Uint8Array): void {
    this.#over = (this.#over * toNumber(keystream(sha256(data)))) % MODULUS;
  }

  remove(data: Uint8Array): void {
    this.#under = (this.#under * toNumber(keystream(sha256(data)))) % MODULUS;
  }

  serialize(): Uint8Array {
    this.#over = (this.#over * inverse(this.#under)) % MODULUS;
    this.#under = 1n;
    return toBytes(this.#over);
  }

  digest(): Hash256 {
    return sha256(this.serialize()) as Hash256;
  }
}

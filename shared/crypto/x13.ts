import { type AssemblyMemory, instantiate } from "#shared/crypto/instantiate.ts";
import { X13_MODULE } from "#shared/crypto/x13-module.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { lazy } from "#shared/primitives/lazy.ts";

const HEADER_BYTES = 80;
const HASH_BYTES = 32;

/** What `assembly/x13/entry.ts` exports; addresses and limits are WebAssembly globals. */
export interface X13Exports {
  readonly memory: AssemblyMemory;
  /** Where 64 headers, 64 digests of 64 bytes, and 64 hashes lie. */
  readonly HEADERS: { readonly value: number };
  readonly DIGESTS: { readonly value: number };
  readonly HASHES: { readonly value: number };
  /** Headers, digests or hashes that the memory has room for. */
  readonly BATCH_MAX: { readonly value: number };
  /**
   * Stage 0 from headers to digests, stages 1 to 12 from digests to digests, in place. `hash` is
   * made of it; it is exported because digests are published of single stages, and of a wrong hash
   * only a stage can tell where it went wrong.
   */
  stage(index: number, count: number): void;
  /** All stages, from headers to hashes. */
  hash(count: number): void;
}

/** Started by the first hash: whoever asks for none should not wait for the largest module. */
const started = lazy(() => {
  const engine = instantiate<X13Exports>(X13_MODULE);
  // The memory of this module has one size for ever, so the view stays valid.
  return { engine, memory: new Uint8Array(engine.memory.buffer) };
});

/**
 * The hash of a header of 80 bytes, for proof of work and, below version 7, for identity.
 *
 * Three of the thirteen are made for batches: a header alone takes 1.7 times what it takes in one.
 * @returns a fresh hash in wire order, a little-endian number when compared with a target
 * @throws RangeError unless there are 80 bytes, which is a bug of the caller
 * @source NBitcoin/Crypto/HashX13.cs (EXOSFullNode e61c2e61); exos-l1.md 2: BLAKE, BMW, Groestl, Skein, JH, Keccak, Luffa, CubeHash,
 *   SHAvite-3, SIMD, ECHO, Hamsi, Fugue, each of 512 bits; the first half of the last digest
 */
export function x13(header: Uint8Array): Hash256 {
  if (header.length !== HEADER_BYTES) {
    throw new RangeError(`a header has ${HEADER_BYTES} bytes, not ${header.length}`);
  }
  return x13Many(header) as Hash256; // the hash of one header is one hash
}

/**
 * The hashes of any number of headers, 80 bytes each, one after another.
 * @returns fresh bytes, 32 for each header, in their order; each as `x13` returns it
 * @throws RangeError unless the length is a multiple of 80, which is a bug of the caller
 */
export function x13Many(headers: Uint8Array): Uint8Array {
  if (headers.length % HEADER_BYTES !== 0) {
    throw new RangeError(`${headers.length} bytes are no sequence of ${HEADER_BYTES}`);
  }
  const { engine, memory } = started();
  const total = headers.length / HEADER_BYTES;
  const hashes = new Uint8Array(total * HASH_BYTES);
  const batchMax = engine.BATCH_MAX.value;
  for (let done = 0; done < total; done += batchMax) {
    const count = Math.min(batchMax, total - done);
    const batch = headers.subarray(HEADER_BYTES * done, HEADER_BYTES * (done + count));
    memory.set(batch, engine.HEADERS.value);
    engine.hash(count);
    const answer = engine.HASHES.value;
    hashes.set(memory.subarray(answer, answer + HASH_BYTES * count), HASH_BYTES * done);
  }
  return hashes;
}

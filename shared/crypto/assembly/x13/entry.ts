/**
 * X13 over batches of headers (AssemblyScript, see `shared/crypto/assembly/modules.ts`): thirteen
 * hashes, each of the digest of the one before.
 *
 * Stage after stage over the whole batch, in place, so that code and tables of one stage stay in
 * the caches. Luffa and Hamsi take four digests at once, Fugue two: behind the last digest of a
 * batch there is room up to the next multiple of four.
 */
import { prepareAes } from "./aes.generated";
import { blake } from "./blake.generated";
import { bmw } from "./bmw.generated";
import { cubehash, prepareCubehash } from "./cubehash.generated";
import { echo } from "./echo.generated";
import { fugueTwo, prepareFugue } from "./fugue.generated";
import { groestl, prepareGroestl } from "./groestl.generated";
import { hamsiFour, prepareHamsi } from "./hamsi.generated";
import { jh, prepareJh } from "./jh.generated";
import { keccak } from "./keccak.generated";
import { luffaFour } from "./luffa.generated";
import { DIGESTS, HASHES, HEADERS, SCRATCH } from "./memory-layout.generated";
import { shavite } from "./shavite.generated";
import { simd } from "./simd.generated";
import { skein } from "./skein.generated";

export { DIGESTS, HASHES, HEADERS };

/** Headers, digests or hashes in the memory of the module. */
export const BATCH_MAX: i32 = 64;

const STAGES: i32 = 13;
const HEADER_BYTES: usize = 80;
const DIGEST_BYTES: usize = 64;
const HASH_BYTES: usize = 32;

if (__heap_base > SCRATCH) unreachable();
prepareAes();
prepareGroestl();
prepareJh();
prepareCubehash();
prepareHamsi();
prepareFugue();

/** Stage 0 takes `count` headers, the others `count` digests; all leave `count` digests. */
export function stage(index: i32, count: i32): void {
  const end = DIGESTS + <usize>count * DIGEST_BYTES;
  let at = DIGESTS;
  switch (index) {
    case 0: {
      for (let header = HEADERS; at < end; at += DIGEST_BYTES, header += HEADER_BYTES)
        blake(header, at);
      break;
    }
    case 1: {
      for (; at < end; at += DIGEST_BYTES) bmw(at);
      break;
    }
    case 2: {
      for (; at < end; at += DIGEST_BYTES) groestl(at);
      break;
    }
    case 3: {
      for (; at < end; at += DIGEST_BYTES) skein(at);
      break;
    }
    case 4: {
      for (; at < end; at += DIGEST_BYTES) jh(at);
      break;
    }
    case 5: {
      for (; at < end; at += DIGEST_BYTES) keccak(at);
      break;
    }
    case 6: {
      for (; at < end; at += 4 * DIGEST_BYTES) luffaFour(at);
      break;
    }
    case 7: {
      for (; at < end; at += DIGEST_BYTES) cubehash(at);
      break;
    }
    case 8: {
      for (; at < end; at += DIGEST_BYTES) shavite(at);
      break;
    }
    case 9: {
      for (; at < end; at += DIGEST_BYTES) simd(at);
      break;
    }
    case 10: {
      for (; at < end; at += DIGEST_BYTES) echo(at);
      break;
    }
    case 11: {
      for (; at < end; at += 4 * DIGEST_BYTES) hamsiFour(at);
      break;
    }
    case 12: {
      for (; at < end; at += 2 * DIGEST_BYTES) fugueTwo(at, at + DIGEST_BYTES);
      break;
    }
    default:
      unreachable();
  }
}

/**
 * All stages over `count` headers, 1 to `BATCH_MAX`; the first half of each last digest is the
 * hash.
 */
export function hash(count: i32): void {
  for (let index = 0; index < STAGES; index++) stage(index, count);
  for (let index: usize = 0; index < <usize>count; index++) {
    memory.copy(HASHES + index * HASH_BYTES, DIGESTS + index * DIGEST_BYTES, HASH_BYTES);
  }
}

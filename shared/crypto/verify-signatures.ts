import { type AssemblyMemory, instantiate } from "#shared/crypto/instantiate.ts";
import { SECP256K1_MODULE } from "#shared/crypto/secp256k1-module.ts";

/** One question: did the holder of this key sign this digest? */
export interface SignatureCheck {
  /** 33 bytes after 02 or 03, or 65 after 04, 06 or 07; anything else is no key, and false. */
  readonly publicKey: Uint8Array;
  /** r‖s, 32 big-endian bytes each. High s is as good as low. */
  readonly signature: Uint8Array;
  /** 32 bytes, taken as they are. */
  readonly digest: Uint8Array;
}

/** What `assembly/secp256k1/verify.ts` exports. */
interface Engine {
  readonly memory: AssemblyMemory;
  readonly records: { readonly value: number };
  readonly answers: { readonly value: number };
  initialize(): void;
  verify(count: number): void;
}

interface Session {
  readonly engine: Engine;
  readonly records: Uint8Array;
  readonly answers: Uint8Array;
}

/** As in `assembly/secp256k1/verify.ts`. */
const BATCH_MAX = 128;
const RECORD_BYTES = 168;
const AT_SIGNATURE = 32;
const AT_KEY = 96;
const AT_KEY_LENGTH = 161;

const DIGEST_BYTES = 32;
const SIGNATURE_BYTES = 64;
const KEY_BYTES_MAX = 65;

let session: Session | undefined;

/**
 * Verify ECDSA signatures over secp256k1. What libsecp256k1 accepts is accepted, and nothing else:
 * hybrid keys whose tag agrees with y, high s, r that stands for an x of r + n.
 *
 * The first call makes tables, some 10 ms and 2 MB; a batch shares one inversion, some per cent of a
 * check; tables of a thousand keys are remembered, and one of these takes a sixth less. Public data
 * only: the time taken depends on it.
 *
 * @returns the answers, in order
 * @throws RangeError for a signature or digest of another length: no such thing comes off a wire
 * @source SEC 1 version 2, 4.1.4; exos-l1.md 5.7
 */
export function verifySignatures(checks: readonly SignatureCheck[]): boolean[] {
  session ??= startSession();
  const answers: boolean[] = [];
  for (let first = 0; first < checks.length; first += BATCH_MAX) {
    verifyBatch(session, checks.slice(first, first + BATCH_MAX), answers);
  }
  return answers;
}

function startSession(): Session {
  const engine = instantiate<Engine>(SECP256K1_MODULE);
  engine.initialize();
  const { buffer } = engine.memory;
  return {
    engine,
    records: new Uint8Array(buffer, engine.records.value, BATCH_MAX * RECORD_BYTES),
    answers: new Uint8Array(buffer, engine.answers.value, BATCH_MAX),
  };
}

function verifyBatch(
  { engine, records, answers }: Session,
  checks: readonly SignatureCheck[],
  into: boolean[],
): void {
  for (const [index, { publicKey, signature, digest }] of checks.entries()) {
    if (digest.length !== DIGEST_BYTES) throw new RangeError("a digest has 32 bytes");
    if (signature.length !== SIGNATURE_BYTES) throw new RangeError("r and s have 64 bytes");
    const record = index * RECORD_BYTES;
    const isLengthOfKey = publicKey.length <= KEY_BYTES_MAX;
    records.set(digest, record);
    records.set(signature, record + AT_SIGNATURE);
    if (isLengthOfKey) records.set(publicKey, record + AT_KEY);
    records[record + AT_KEY_LENGTH] = isLengthOfKey ? publicKey.length : 0;
  }
  engine.verify(checks.length);
  for (let index = 0; index < checks.length; index++) into.push(answers[index] === 1);
}

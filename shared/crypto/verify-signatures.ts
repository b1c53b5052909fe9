import { secp256k1 } from "@noble/curves/secp256k1.js";

/** One question: did the holder of this key sign this digest? */
export interface SignatureCheck {
  /** 33 bytes after 02 or 03, or 65 after 04, 06 or 07; anything else is no key, and false. */
  readonly publicKey: Uint8Array;
  /** r‖s, 32 big-endian bytes each. High s is as good as low. */
  readonly signature: Uint8Array;
  /** 32 bytes, taken as they are. */
  readonly digest: Uint8Array;
}

/** The answers, in order. */
export function verifySignatures(checks: readonly SignatureCheck[]): boolean[] {
  return checks.map(verify);
}

function verify({ publicKey, signature, digest }: SignatureCheck): boolean {
  try {
    const key = publicKey.slice();
    const tag = key[0] ?? 0;
    if (tag === 6 || tag === 7) {
      if (((key[64] ?? 0) & 1) !== (tag & 1)) return false;
      key[0] = 4;
    }
    return secp256k1.verify(signature, digest, key, { prehash: false, lowS: false });
  } catch {
    // Malformed keys and signatures throw here, and are false.
    return false;
  }
}

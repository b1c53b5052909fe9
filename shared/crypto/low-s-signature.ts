import { secp256k1 } from "@noble/curves/secp256k1.js";

/**
 * The same signature with the lower of its two possible s: who signs may give either, and the
 * higher one is refused.
 *
 * @param der strict DER, without hash type
 * @returns strict DER; `undefined` where the bytes are none, or name numbers that no signature has
 * @source BIP62, BIP66; cloud.md 9.2
 */
export function lowSSignature(der: Uint8Array): Uint8Array | undefined {
  try {
    const { r, s } = secp256k1.Signature.fromBytes(der, "der");
    const { ORDER } = secp256k1.Point.Fn;
    const low = s > ORDER / 2n ? ORDER - s : s;
    return new secp256k1.Signature(r, low).toBytes("der");
  } catch {
    // It says what is wrong with the encoding; whoever asks only wants to know that something is.
    return undefined;
  }
}

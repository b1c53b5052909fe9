import { secp256k1 } from "@noble/curves/secp256k1.js";
import { equalBytes } from "#shared/primitives/bytes.ts";

/**
 * What stands before the point in a SubjectPublicKeyInfo of secp256k1: two sequences, the names of
 * elliptic curves and of this one, and a bit string of 65 whole bytes.
 *
 * @source RFC 5480, 2; SEC 2, A.2.1
 */
const PREFIX = Uint8Array.from([
  0x30, 0x56, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b,
  0x81, 0x04, 0x00, 0x0a, 0x03, 0x42, 0x00,
]);
const POINT_BYTES = 65;

/**
 * The compressed key that a SubjectPublicKeyInfo holds.
 *
 * @returns 33 bytes; `undefined` unless it is the usual one of a point of secp256k1
 */
export function spkiPublicKey(spki: Uint8Array): Uint8Array | undefined {
  if (spki.length !== PREFIX.length + POINT_BYTES) return undefined;
  if (!equalBytes(spki.subarray(0, PREFIX.length), PREFIX)) return undefined;
  try {
    return secp256k1.Point.fromBytes(spki.subarray(PREFIX.length)).toBytes(true);
  } catch {
    // The bytes are no point of the curve.
    return undefined;
  }
}

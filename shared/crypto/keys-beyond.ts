import { secp256k1 } from "@noble/curves/secp256k1.js";

/**
 * The public keys that lie some way beyond another, each by a number of 32 bytes below the group's
 * order. Nothing here is a secret: the time it takes depends on what it computes.
 *
 * @param publicKey a point of the curve
 * @returns 33 bytes of each
 * @source BIP32, CKDpub: point(parse256(IL)) + Kpar
 */
export function keysBeyond(publicKey: Uint8Array): (tweak: Uint8Array) => Uint8Array {
  const { Point } = secp256k1;
  const from = Point.fromBytes(publicKey);
  return (tweak) => Point.BASE.multiplyUnsafe(Point.Fn.fromBytes(tweak)).add(from).toBytes();
}

import { createRequire } from "node:module";

/** What is used of npm `secp256k1`; the package has no types. Bytes in, bytes out; it throws. */
interface NativeSecp256k1 {
  publicKeyCreate(secret: Uint8Array, compressed: boolean): Uint8Array;
  publicKeyCombine(keys: readonly Uint8Array[], compressed: boolean): Uint8Array;
  publicKeyTweakMul(key: Uint8Array, factor: Uint8Array, compressed: boolean): Uint8Array;
  publicKeyConvert(key: Uint8Array, compressed: boolean): Uint8Array;
  ecdsaSign(digest: Uint8Array, secret: Uint8Array): { readonly signature: Uint8Array };
  signatureNormalize(signature: Uint8Array): Uint8Array;
  ecdsaVerify(signature: Uint8Array, digest: Uint8Array, key: Uint8Array): boolean;
}

/** The native addon itself: the package's main entry falls back to JavaScript in silence. */
export const native: NativeSecp256k1 = createRequire(import.meta.url)("secp256k1/bindings");

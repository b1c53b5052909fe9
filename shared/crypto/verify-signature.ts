import { parseLaxDer } from "#shared/crypto/parse-lax-der.ts";
import { type SignatureCheck, verifySignatures } from "#shared/crypto/verify-signatures.ts";

/** A signature as scripts carry it, without its hash type. */
export interface DerSignatureCheck extends Pick<SignatureCheck, "publicKey" | "digest"> {
  readonly der: Uint8Array;
}

/** Whether the key signed the digest; the encoding is read by consensus' lax rules. */
export function verifySignature({ publicKey, der, digest }: DerSignatureCheck): boolean {
  const signature = parseLaxDer(der);
  if (signature === undefined) return false;
  return verifySignatures([{ publicKey, signature, digest }])[0] ?? false;
}

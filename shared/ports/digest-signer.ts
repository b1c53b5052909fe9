/**
 * One key that stays where it is and signs digests. Whoever holds one decides what is worth a
 * signature: it signs whatever 32 bytes it is given.
 *
 * Implementations: `adapters/aws/kms-key.ts`. Contract suite: `test/ports/digest-signer.contract.ts`.
 * Both methods throw StoreFault when the world failed, and never hand out a signature that does not
 * verify.
 */
export interface DigestSigner {
  /** 33 bytes. */
  publicKey(): Promise<Uint8Array>;
  /** @returns strict DER with a low s, without hash type */
  sign(digest: Uint8Array): Promise<Uint8Array>;
}

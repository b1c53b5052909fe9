import { GetPublicKeyCommand, type KMSClient, SignCommand } from "@aws-sdk/client-kms";
import { lowSSignature } from "#shared/crypto/low-s-signature.ts";
import { spkiPublicKey } from "#shared/crypto/spki-public-key.ts";
import { verifySignature } from "#shared/crypto/verify-signature.ts";
import type { DigestSigner } from "#shared/ports/digest-signer.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { awsFaultOf } from "./aws-fault.ts";

const DIGEST_BYTES = 32;

/** What one key of KMS is asked through. */
export interface KmsKeyOptions {
  readonly client: Pick<KMSClient, "send">;
  /** ARN of a key of `ECC_SECG_P256K1` for signing. */
  readonly key: string;
}

/**
 * A key in KMS. Digests are signed as they are, since a double hash is no message that KMS could
 * hash; half of its signatures have the higher s, which is turned over; and nothing leaves here that
 * our own code does not verify.
 *
 * @source cloud.md 9.2
 */
export function createKmsKey({ client, key: KeyId }: KmsKeyOptions): DigestSigner {
  let known: Promise<Uint8Array> | undefined;

  async function askPublicKey(): Promise<Uint8Array> {
    const answer = await client.send(new GetPublicKeyCommand({ KeyId })).catch((cause) => {
      throw awsFaultOf(cause, "asking KMS for the public key");
    });
    const publicKey = spkiPublicKey(Uint8Array.from(answer.PublicKey ?? []));
    if (publicKey !== undefined) return publicKey;
    throw useless("The key in KMS is not one of secp256k1.");
  }

  function publicKey(): Promise<Uint8Array> {
    // It never changes; what failed is asked for again.
    known ??= askPublicKey().catch((cause) => {
      known = undefined;
      throw cause;
    });
    return known;
  }

  return {
    publicKey: async () => (await publicKey()).slice(),
    async sign(digest) {
      if (digest.length !== DIGEST_BYTES) throw new RangeError(`digest of ${digest.length} bytes`);
      const command = new SignCommand({
        KeyId,
        Message: digest,
        MessageType: "DIGEST",
        SigningAlgorithm: "ECDSA_SHA_256",
      });
      const { Signature } = await client.send(command).catch((cause) => {
        throw awsFaultOf(cause, "asking KMS for a signature");
      });
      const der = lowSSignature(Uint8Array.from(Signature ?? []));
      const isOurs =
        der !== undefined && verifySignature({ publicKey: await publicKey(), der, digest });
      if (isOurs) return der;
      throw useless("KMS gave a signature that does not verify.");
    },
  };
}

function useless(message: string): StoreFault {
  return new StoreFault(message, { retryable: false, code: "EXOS-E8107" });
}

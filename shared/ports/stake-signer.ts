import type { DigestSigner } from "#shared/ports/digest-signer.ts";
import type { Signer } from "#shared/ports/signer.ts";

/**
 * Who signs stakes with one key, is never locked, and signs nothing else.
 *
 * Implementation: `adapters/aws/lambda-signer.ts`. Both methods throw StoreFault when whoever holds
 * the key failed.
 */
export type StakeSigner = Pick<Signer, "signStake"> & Pick<DigestSigner, "publicKey">;

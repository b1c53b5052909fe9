import type { DigestSigner } from "#shared/ports/digest-signer.ts";
import type { Refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";

/**
 * Who signs with a city's key that its coins go to the one address that the deployer fixed.
 *
 * Implementation: `adapters/aws/lambda-signer.ts`. Both methods throw StoreFault when whoever holds
 * the key failed.
 */
export interface SweepSigner extends Pick<DigestSigner, "publicKey"> {
  /**
   * @param raw serialized; what its inputs carry as scripts is replaced
   * @returns the signed bytes; refusals E5016 and E5017
   */
  signSweep(raw: Uint8Array): Promise<Result<Uint8Array, Refusal>>;
}

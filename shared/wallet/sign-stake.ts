import { publicKeyOf, signDigest } from "#shared/crypto/sign-digest.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { StakeSigningParams } from "#shared/wallet/check-stake-template.ts";
import type { KeyRing } from "#shared/wallet/key-ring.ts";
import type { StakeRequest } from "#shared/wallet/signing.ts";
import { stakeToSign } from "#shared/wallet/stake-to-sign.ts";

/**
 * Sign a coinstake, put the root of what the block then holds into its header, and sign the block
 * with the same key.
 *
 * @returns the whole block, which passes the integrity stage; refusals E5016 and E5017
 * @throws RangeError when a signature does not verify: then the machine cannot be trusted
 * @source PosMinting.cs (EXOSFullNode e61c2e61); exos-l1.md 4.3, 8.2; cloud.md 9.2
 */
export function signStake(
  request: StakeRequest,
  keys: KeyRing,
  params: StakeSigningParams,
): Result<Uint8Array, Refusal> {
  const { key } = request.kernel;
  const publicKey = keys.use(key, ({ secret, compressed }) => publicKeyOf(secret, compressed));
  if (publicKey === undefined) {
    return refusal("EXOS-E5017", "The wallet has no key at the kernel's path.");
  }
  const sign = (digest: Uint8Array): Uint8Array => {
    const signature = keys.use(key, ({ secret }) => signDigest(digest, secret));
    if (signature === undefined) throw new RangeError("a key is gone that was just there");
    return signature;
  };
  const coinstake = stakeToSign(request, publicKey, params);
  if (!coinstake.ok) return coinstake;
  const block = coinstake.value.withInput(sign(coinstake.value.digest));
  return { ok: true, value: block.withSignature(sign(block.digest)) };
}

import { expect } from "vitest";
import { hash256 } from "#shared/crypto/hashes.ts";
import { verifySignature } from "#shared/crypto/verify-signature.ts";
import type { DigestSigner } from "#shared/ports/digest-signer.ts";
import { encodingRefusal } from "../support/encoding-refusal.ts";
import type { ContractCases } from "./contract-cases.ts";

/** So many that one of them had a high s where half of them do, but once in a million runs. */
const DIGESTS = 20;

/** What every keeper of one key promises. */
export function digestSignerContract(
  it: ContractCases["it"],
  open: () => Promise<DigestSigner>,
): void {
  it("tells its public key, compressed, and a copy of it each time", async () => {
    const signer = await open();
    const publicKey = await signer.publicKey();
    expect(publicKey.constructor).toBe(Uint8Array);
    expect(publicKey).toHaveLength(33);
    const same = publicKey.slice();
    publicKey.fill(0);
    expect(await signer.publicKey()).toEqual(same);
  });

  it("signs digests as every node accepts them", async () => {
    const signer = await open();
    const publicKey = await signer.publicKey();
    for (let number = 0; number < DIGESTS; number++) {
      const digest = hash256(Uint8Array.of(number));
      const der = await signer.sign(digest);
      expect(encodingRefusal(der), `digest ${number}`).toBeUndefined();
      expect(verifySignature({ publicKey, der, digest }), `digest ${number}`).toBe(true);
    }
  });

  it("signs nothing that is no digest", async () => {
    const signer = await open();
    for (const bytes of [0, 31, 33]) {
      await expect(signer.sign(new Uint8Array(bytes)), `${bytes}`).rejects.toThrow(RangeError);
    }
  });
}

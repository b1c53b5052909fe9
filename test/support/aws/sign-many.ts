import { expect } from "vitest";
import { createKmsKey } from "#shared/adapters/aws/kms-key.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import { parseLaxDer } from "#shared/crypto/parse-lax-der.ts";
import { publicKeyOf } from "#shared/crypto/sign-digest.ts";
import { verifySignatures } from "#shared/crypto/verify-signatures.ts";
import { encodingRefusal } from "../encoding-refusal.ts";
import { standInKms } from "./stand-in-kms.ts";

const SECRET = new Uint8Array(32).fill(7);

/** Have so many digests signed, and hold each signature against the rules before and after. */
export async function signMany(count: number): Promise<void> {
  const { client, signatures } = standInKms(SECRET);
  const key = createKmsKey({ client, key: "arn:aws:kms:x:0:key/1" });
  const publicKey = await key.publicKey();
  expect(publicKey).toEqual(publicKeyOf(SECRET));
  let high = 0;
  const checks = [];
  for (let number = 0; number < count; number++) {
    const digest = hash256(Uint8Array.of(number & 0xff, number >> 8));
    const der = await key.sign(digest);
    const given = signatures.pop() ?? new Uint8Array(0);
    const before = encodingRefusal(given);
    if (before !== undefined) high++;
    // Those that were low are left as they were; of the others none was right before.
    const isRight = before === undefined ? Buffer.compare(der, given) === 0 : before === "SigHighS";
    expect(isRight, `digest ${number} came as ${before}`).toBe(true);
    expect(encodingRefusal(der), `digest ${number}`).toBeUndefined();
    const signature = parseLaxDer(der);
    if (signature !== undefined) checks.push({ publicKey, signature, digest });
  }
  expect(verifySignatures(checks)).toEqual(new Array(count).fill(true));
  process.stdout.write(`signer: ${count} accepted, ${high} came with a high s\n`);
  expect(high).toBeGreaterThan(count * 0.4);
  expect(high).toBeLessThan(count * 0.6);
}

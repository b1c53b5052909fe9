import { describe, expect, it } from "vitest";
import { createKmsKey } from "#shared/adapters/aws/kms-key.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import { signMany } from "../../../support/aws/sign-many.ts";
import { standInKms } from "../../../support/aws/stand-in-kms.ts";

const SECRET = new Uint8Array(32).fill(7);
const digestOf = (number: number) => hash256(Uint8Array.of(number & 0xff, number >> 8));

describe("a key in KMS", () => {
  // All 10,000 of the bar: `kms-key.slow.test.ts`.
  it("gives signatures that are accepted, of which half came with a high s", () => signMany(400));

  it.each([
    ["another digest's", (bytes: Uint8Array) => bytes.with(8, (bytes[8] ?? 0) ^ 1)],
    ["one that is cut", (bytes: Uint8Array) => bytes.slice(0, -1)],
    ["one with a byte too many", (bytes: Uint8Array) => Uint8Array.of(...bytes, 0)],
    ["none", () => new Uint8Array(0)],
  ])("hands out no signature when KMS gives %s", async (_, change) => {
    const { client } = standInKms(SECRET, (bytes) => (bytes.length === 88 ? bytes : change(bytes)));
    const key = createKmsKey({ client, key: "k" });
    await expect(key.sign(digestOf(1))).rejects.toMatchObject({ code: "EXOS-E8107" });
  });

  it.each([
    ["another curve", (bytes: Uint8Array) => bytes.with(19, 0x0b)],
    ["no point", (bytes: Uint8Array) => bytes.with(87, (bytes[87] ?? 0) ^ 1)],
    ["a byte too many", (bytes: Uint8Array) => Uint8Array.of(...bytes, 0)],
  ])("knows no public key of %s", async (_, change) => {
    const key = createKmsKey({ client: standInKms(SECRET, change).client, key: "k" });
    await expect(key.publicKey()).rejects.toMatchObject({ code: "EXOS-E8107" });
  });
});

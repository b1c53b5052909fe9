import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unixSeconds } from "#shared/primitives/brand.ts";
import {
  clearBytes,
  isKeystore,
  type Keystore,
  type KeystoreKdf,
  normalizePassword,
  parseKeystore,
  printKeystore,
} from "#shared/wallet/keystore-file.ts";
import { checkWalletName } from "#shared/wallet/wallet-name.ts";
import { decodeSecret, encodeSecret, wipeSecret } from "#shared/wallet/wallet-secret.ts";

const salt = new Uint8Array(16).fill(7);
const keystore: Keystore = {
  id: "0123456789abcdef0123456789abcdef",
  createdAt: unixSeconds(1_600_000_000),
  network: "exos",
  scheme: "exos-248",
  kdf: { name: "argon2id", m: 65_536, t: 3, p: 1, salt },
  nonce: new Uint8Array(12).fill(8),
  fingerprint: "89abcdef",
  accountKey: "xpub6D2EacoEo27",
  ciphertext: new Uint8Array(40).fill(9),
};

/** The file with fields changed, or left out where they are `undefined`. */
function read(change: Readonly<Record<string, unknown>>): string {
  const file = { ...JSON.parse(printKeystore(keystore)), ...change };
  const parsed = parseKeystore(JSON.stringify(file));
  return parsed.ok ? "read" : parsed.error;
}

describe("a keystore's file", () => {
  it("is read as it was written, with either function and with a list of keys", () => {
    const scrypt: KeystoreKdf = { name: "scrypt", n: 131_072, r: 8, p: 1, salt };
    for (const one of [
      keystore,
      { ...keystore, kdf: scrypt },
      { ...keystore, scheme: "keys" as const, accountKey: undefined },
    ]) {
      expect(parseKeystore(printKeystore(one))).toEqual({ ok: true, value: one });
    }
    expect(isKeystore(printKeystore(keystore))).toBe(true);
    expect(isKeystore(' {"type": "exos-keystore"}')).toBe(true);
  });

  it("is no other text", () => {
    for (const text of ["", "{", "[]", "null", "{}", '{"type":"other"}', "words"]) {
      expect(isKeystore(text), text).toBe(false);
      expect(parseKeystore(text), text).toMatchObject({ ok: false });
    }
    fc.assert(fc.property(fc.json(), (text) => parseKeystore(text).ok === false));
  });

  it.each([
    ["version", 2],
    ["type", "other"],
    ["id", "0123"],
    ["createdAt", -1],
    ["createdAt", 2 ** 32],
    ["createdAt", "1"],
    ["network", "../exos"],
    ["scheme", "bip84"],
    ["scheme", 1],
    ["ciphertext", "00".repeat(16)],
    ["ciphertext", "0"],
    ["ciphertext", undefined],
    ["hint", { fingerprint: "0", xpub0: "" }],
    ["hint", { fingerprint: "00000000" }],
    ["hint", { fingerprint: "00000000", xpub0: "", more: 1 }],
    ["cipher", { name: "AES-128-GCM", nonce: "00".repeat(12) }],
    ["cipher", { name: "AES-256-GCM", nonce: "00".repeat(11) }],
    ["cipher", { name: "AES-256-GCM", nonce: "00".repeat(12), more: 1 }],
    ["kdf", []],
    ["more", 1],
  ])("names the field that is wrong: %s %j", (field, value) => {
    expect(read({ [field]: value })).toBe(field);
  });

  const argon2 = { name: "argon2id", m: 65_536, t: 3, p: 1, salt: "00".repeat(16) };
  const scrypt = { name: "scrypt", n: 131_072, r: 8, p: 1, salt: "00".repeat(16) };

  it.each([
    ["argon2id up to 256 MiB and ten passes", { ...argon2, m: 262_144, t: 10, p: 4 }, "read"],
    ["argon2id as cheap as it can be", { ...argon2, m: 8, t: 1 }, "read"],
    ["more memory", { ...argon2, m: 262_145 }, "kdf"],
    ["less memory than there can be", { ...argon2, m: 15, p: 2 }, "kdf"],
    ["more passes", { ...argon2, t: 11 }, "kdf"],
    ["no pass", { ...argon2, t: 0 }, "kdf"],
    ["more lanes", { ...argon2, p: 5 }, "kdf"],
    ["a short salt", { ...argon2, salt: "00" }, "kdf"],
    ["a number of the other function", { ...argon2, n: 1_024 }, "kdf"],
    ["something else", { ...argon2, more: 1 }, "kdf"],
    ["scrypt up to 2^20", { ...scrypt, n: 2 ** 20, p: 4 }, "read"],
    ["scrypt above", { ...scrypt, n: 2 ** 21 }, "kdf"],
    ["no power of two", { ...scrypt, n: 1_000 }, "kdf"],
    ["a larger block", { ...scrypt, r: 9 }, "kdf"],
    ["memory for scrypt", { ...scrypt, m: 8 }, "kdf"],
    ["another function", { ...scrypt, name: "pbkdf2" }, "kdf"],
  ])("limits what opening may cost: %s", (_, kdf, answer) => {
    expect(read({ kdf })).toBe(answer);
  });

  it("authenticates every clear field", () => {
    const changes: readonly Partial<Keystore>[] = [
      { id: "f123456789abcdef0123456789abcdef" },
      { createdAt: unixSeconds(1) },
      { network: "exos-test" },
      { scheme: "exos-105" },
      { kdf: { ...keystore.kdf, p: 2 } },
      { nonce: new Uint8Array(12) },
      { fingerprint: "00000000" },
      { accountKey: undefined },
    ];
    const texts = [{}, ...changes].map((change) =>
      new TextDecoder().decode(clearBytes({ ...keystore, ...change })),
    );
    expect(new Set(texts).size).toBe(changes.length + 1);
  });
});

describe("a password", () => {
  it("has one form, without control characters", () => {
    expect(normalizePassword("p\u00e4\u0000ss\n")).toBe("pa\u0308ss");
    expect(normalizePassword(" two  words ")).toBe(" two  words ");
  });
});

describe("a wallet's name", () => {
  it.each(["a", "A.b-c_d", "0", "x".repeat(64)])("may be %s", (name) => {
    expect(checkWalletName(name)).toBeUndefined();
  });

  it.each(["", ".", "..", "../evil", "a/b", "a\\b", "a.", "-a", "_a", "é", "a b", "x".repeat(65)])(
    "may not be %j",
    (name) => expect(checkWalletName(name)?.code).toBe("EXOS-E5006"),
  );
});

describe("the secret of a keystore", () => {
  const key = new Uint8Array(32).fill(1);
  const secrets = [
    { kind: "words", words: "a b c", extraWord: "x" },
    { kind: "master", privateKey: key, chainCode: key },
    { kind: "account", extendedKey: "xprv" },
    { kind: "keys", keys: [{ secret: key, compressed: false }] },
  ] as const;

  it.each(secrets)("is read as it was written: $kind", (secret) => {
    expect(decodeSecret(encodeSecret(secret))).toEqual(secret);
  });

  it.each([
    "",
    "1",
    "null",
    '{"kind":"words","words":"a"}',
    '{"kind":"account"}',
    '{"kind":"master","privateKey":"00"}',
    `{"kind":"master","privateKey":"${"00".repeat(32)}"}`,
    '{"kind":"keys"}',
    '{"kind":"keys","keys":[]}',
    '{"kind":"keys","keys":[1]}',
    '{"kind":"keys","keys":[["00",true]]}',
    `{"kind":"keys","keys":[["${"00".repeat(32)}",1]]}`,
    '{"kind":"other"}',
  ])("is none in %j", (text) => {
    expect(decodeSecret(new TextEncoder().encode(text))).toBeUndefined();
  });

  it("is overwritten where it is bytes", () => {
    for (const kind of ["master", "keys", "words"] as const) {
      const bytes = encodeSecret(secrets.find((one) => one.kind === kind) ?? secrets[0]);
      const secret = decodeSecret(bytes);
      if (secret === undefined) throw new RangeError(kind);
      wipeSecret(secret);
      if (secret.kind === "master") expect(secret.privateKey).toEqual(new Uint8Array(32));
      if (secret.kind === "keys") expect(secret.keys[0]?.secret).toEqual(new Uint8Array(32));
    }
  });
});

import { HDKey } from "@scure/bip32";
import { mnemonicToSeedSync } from "@scure/bip39";
import { describe, expect, it } from "vitest";
import { exos } from "#shared/consensus/networks/exos.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { printAddress } from "#shared/script/address.ts";
import { openAccount } from "#shared/wallet/extended-key.ts";
import { type KeyPath, parseKeyPath } from "#shared/wallet/key-path.ts";
import { openKeyRing } from "#shared/wallet/key-ring.ts";
import { defaultScheme, parseSchemeId, SCHEMES, type SchemeId } from "#shared/wallet/scheme.ts";
import { parseWords } from "#shared/wallet/words.ts";
import { inThread } from "../../support/in-thread.ts";
import { loadVectors } from "../../support/vectors.ts";
import { KNOWN_WORDS, recordedWallet } from "../../support/wallet-vectors.ts";

interface Derived {
  readonly hmacKey: string;
  readonly coinType: number;
  readonly mnemonic: string;
  readonly passphrase: string;
  readonly accountXpub: string;
  readonly addresses: readonly {
    readonly path: string;
    readonly pub: string;
    readonly address: string;
    readonly priv: string;
  }[];
}

const WORK = "test/support/wallet-work.ts";

const vectors = loadVectors<{ hdWallet: { cases: readonly Derived[] } }>("exos-vectors.json");

function ringOf(words: string, scheme: SchemeId, extraWord = "") {
  const secret = { kind: "words", words, extraWord } as const;
  const ring = openKeyRing(secret, scheme, "main");
  if (ring === undefined) throw new RangeError("words always open");
  return ring;
}

const secretAt = (ring: ReturnType<typeof ringOf>, path: KeyPath) =>
  ring.use(path, ({ secret }) => toHex(secret));

const addressOf = (publicKey: Uint8Array) =>
  printAddress({ kind: "p2pkh", hash: hash160(publicKey) }, exos.addresses);

const first = { kind: "derived", account: 0, branch: "external", index: 0 } as const;

describe("derivation", () => {
  it.skipIf(vectors === undefined)(
    "gives every key of the shared vectors, scheme by scheme",
    () => {
      const cases = vectors?.hdWallet.cases ?? [];
      expect(cases).toHaveLength(4);
      for (const { hmacKey, coinType, mnemonic, passphrase, accountXpub, addresses } of cases) {
        const id = parseSchemeId(`${hmacKey === "CivX seed" ? "exos" : "plain"}-${coinType}`);
        if (id === undefined) throw new RangeError(`no scheme for ${hmacKey} ${coinType}`);
        const ring = ringOf(mnemonic, id, passphrase);
        expect(ring.accountKey(0), id).toBe(accountXpub);
        const account = openAccount(accountXpub, "main");
        for (const { path, pub, address, priv } of addresses) {
          const at = parseKeyPath(path, SCHEMES[id]);
          if (at?.kind !== "derived") throw new RangeError(`no path of ${id}: ${path}`);
          expect(secretAt(ring, at), path).toBe(priv);
          const publicKey = account?.publicKey(at.branch, at.index) ?? new Uint8Array(0);
          expect(toHex(publicKey), path).toBe(pub);
          expect(addressOf(publicKey), path).toBe(address);
        }
      }
    },
  );

  it.skipIf(recordedWallet === undefined)(
    "restores every account and address of the reference's wallet from its words",
    async () => {
      const { mnemonic = "", passphrase = "", accounts = [], used = [] } = recordedWallet ?? {};
      const words = parseWords(mnemonic);
      if (!words.ok) throw new RangeError(words.error.message);
      const scheme = defaultScheme(exosRegtest);
      const indexes = accounts.map(({ index }) => index);
      const sentence = [words.value, passphrase];
      const where = { kind: "regtest", accounts: indexes };
      const keys = await inThread(WORK, "accountKeysOf", sentence, scheme, where);
      expect(keys).toEqual(accounts.map(({ extPubKey }) => extPubKey));
      expect(used.length).toBe(580);
      const { name, kind, addresses: format } = exosRegtest;
      const addresses = await inThread(
        WORK,
        "addressesAt",
        Object.fromEntries(accounts.map(({ index, extPubKey }) => [index, extPubKey])),
        used.map(({ hdPath }) => hdPath),
        { scheme, network: { name, kind, addresses: format } },
      );
      expect(addresses).toEqual(used.map(({ address }) => address));
    },
  );

  it.each(["plain-105", "plain-248"] as const)("agrees with stock BIP32 in %s", (id) => {
    const extraWord = "pässword";
    const stock = HDKey.fromMasterSeed(mnemonicToSeedSync(KNOWN_WORDS, extraWord));
    const account = stock.derive(`m/44'/${SCHEMES[id].coinType}'/7'`);
    const ring = ringOf(KNOWN_WORDS, id, extraWord);
    expect(ring.accountKey(7)).toBe(account.publicExtendedKey);
    const path = { kind: "derived", account: 7, branch: "internal", index: 3 } as const;
    const key = account.derive("m/1/3").privateKey ?? new Uint8Array(0);
    expect(secretAt(ring, path)).toBe(toHex(key));
  });

  it("gives five schemes five different wallets, and an extra word yet another", () => {
    const ids = Object.keys(SCHEMES).flatMap((text) => parseSchemeId(text) ?? []);
    const keys = ids.map((id) => secretAt(ringOf(KNOWN_WORDS, id), first));
    expect(new Set([...keys, secretAt(ringOf(KNOWN_WORDS, "exos-248", "x"), first)]).size).toBe(6);
    expect(parseSchemeId("toString")).toBeUndefined();
  });

  it("derives for EXOS-Electrum without accounts, by its own salt", () => {
    const ring = ringOf(KNOWN_WORDS, "electrum");
    expect(ring.accountKey(0)?.slice(0, 4)).toBe("xpub");
    expect(ring.accountKey(1)).toBeUndefined();
    expect(secretAt(ring, { ...first, account: 1 })).toBeUndefined();
  });

  it("takes the default scheme from the network", () => {
    expect(defaultScheme(exos)).toBe("exos-248");
    expect(defaultScheme({ kind: "test" })).toBe("exos-248");
    expect(defaultScheme(exosRegtest)).toBe("exos-105");
  });
});

describe("the public keys of an account", () => {
  it("are opened by an extended key of the same kind of network alone", () => {
    const extended = ringOf(KNOWN_WORDS, "exos-248").accountKey(0) ?? "";
    expect(openAccount(extended, "main")?.publicKey("external", 0)).toHaveLength(33);
    expect(openAccount(extended, "regtest")).toBeUndefined();
    expect(openAccount(`${extended}1`, "main")).toBeUndefined();
  });
});

describe("a ring of keys", () => {
  const account = (text: string) =>
    openKeyRing({ kind: "account", extendedKey: text }, "exos-248", "main");

  it("opens an extended private key as account 0, and no public one", () => {
    const node = HDKey.fromMasterSeed(mnemonicToSeedSync(KNOWN_WORDS)).derive("m/44'/248'/0'");
    const ring = account(node.privateExtendedKey);
    expect(ring?.accountKey(0)).toBe(node.publicExtendedKey);
    expect(ring?.accountKey(1)).toBeUndefined();
    expect(ring?.use(first, ({ secret }) => toHex(secret))).toBe(
      toHex(node.derive("m/0/0").privateKey ?? new Uint8Array(0)),
    );
    expect(account(node.publicExtendedKey)).toBeUndefined();
    expect(account("xprv")).toBeUndefined();
    expect(account("x".repeat(113))).toBeUndefined();
    ring?.wipe();
    expect(ring?.use(first, () => true)).toBeUndefined();
  });

  it("opens a list of keys by their places, each in the form it was used in", () => {
    const keys = [1, 2].map((number) => ({
      secret: new Uint8Array(32).with(31, number),
      compressed: number === 1,
    }));
    const ring = openKeyRing({ kind: "keys", keys }, "keys", "main");
    expect(ring?.importedKeys.map(({ length }) => length)).toEqual([33, 65]);
    expect(ring?.use({ kind: "imported", index: 1 }, ({ secret }) => secret[31])).toBe(2);
    expect(ring?.use({ kind: "imported", index: 2 }, () => true)).toBeUndefined();
    expect(ring?.use(first, () => true)).toBeUndefined();
    expect(ring?.accountKey(0)).toBeUndefined();
    ring?.wipe();
    expect(ring?.use({ kind: "imported", index: 0 }, () => true)).toBeUndefined();
    expect(keys[0]?.secret[31], "the caller's bytes are its own").toBe(1);
  });

  it("does not mix lists and schemes up", () => {
    expect(openKeyRing({ kind: "keys", keys: [] }, "keys", "main")).toBeUndefined();
    const words = { kind: "words", words: KNOWN_WORDS, extraWord: "" } as const;
    expect(openKeyRing(words, "keys", "main")).toBeUndefined();
    expect(
      ringOf(KNOWN_WORDS, "exos-248").use({ kind: "imported", index: 0 }, () => 1),
    ).toBeUndefined();
  });

  it("zeroes a key after its use, even when that throws", () => {
    const seen: Uint8Array[] = [];
    const ring = ringOf(KNOWN_WORDS, "exos-248");
    ring.use(first, ({ secret }) => seen.push(secret));
    expect(() =>
      ring.use(first, ({ secret }) => {
        seen.push(secret);
        throw new RangeError("broken");
      }),
    ).toThrow("broken");
    expect(seen.map((secret) => secret.every((byte) => byte === 0))).toEqual([true, true]);
    ring.wipe();
  });

  it("opens a master key by its halves", () => {
    const master = HDKey.fromMasterSeed(mnemonicToSeedSync(KNOWN_WORDS));
    const halves = {
      privateKey: master.privateKey ?? new Uint8Array(0),
      chainCode: master.chainCode ?? new Uint8Array(0),
    };
    const ring = openKeyRing({ kind: "master", ...halves }, "plain-105", "main");
    expect(ring?.accountKey(0)).toBe(ringOf(KNOWN_WORDS, "plain-105").accountKey(0));
    expect(ring?.fingerprint).toBe(master.fingerprint.toString(16).padStart(8, "0"));
  });
});

import { scryptSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { HDKey } from "@scure/bip32";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exos } from "#shared/consensus/networks/exos.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { exosTest } from "#shared/consensus/networks/exos-test.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import type { Scrypt } from "#shared/crypto/stretch.ts";
import { encodeBase58Check } from "#shared/primitives/base58.ts";
import { fromHex } from "#shared/primitives/hex.ts";
import { printAddress } from "#shared/script/address.ts";
import { openBip38 } from "#shared/wallet/bip38.ts";
import { masterOfSeed } from "#shared/wallet/extended-key.ts";
import { openKeyRing } from "#shared/wallet/key-ring.ts";
import type { KeyNetwork, KeyText, ParsedKeys } from "#shared/wallet/parsed-keys.ts";
import { KEY_TEXT_LENGTH_MAX, readKeys } from "#shared/wallet/read-keys.ts";
import { SCHEMES } from "#shared/wallet/scheme.ts";
import { IMPORTED_KEYS_MAX } from "#shared/wallet/wallet-secret.ts";
import { parseWif, printWif } from "#shared/wallet/wif.ts";
import { seedOfWords } from "#shared/wallet/words.ts";
import { inThread } from "../../support/in-thread.ts";
import { OTHER, OWNER } from "../../support/rich-chain.ts";
import { loadVectors, vectorsPath } from "../../support/vectors.ts";
import { KNOWN_WORDS, recordedWallet } from "../../support/wallet-vectors.ts";
import electrum from "../../vectors/electrum-words.json" with { type: "json" };

/** Faster where lines are counted; ours is run once below. */
const nativeScrypt: Scrypt = (password, salt, { n: N, r, p }, bytes) =>
  Uint8Array.from(scryptSync(password, salt, bytes, { N, r, p, maxmem: 2 ** 26 }));

function read(source: string | KeyText, network: KeyNetwork = exosRegtest): ParsedKeys {
  const parsed = readKeys(
    typeof source === "string" ? { text: source } : source,
    network,
    nativeScrypt,
  );
  if (!parsed.ok) throw new RangeError(`${parsed.error.code} ${parsed.error.message}`);
  return parsed.value;
}

function refusalOf(source: string | KeyText, network: KeyNetwork = exosRegtest): string {
  const parsed = readKeys(
    typeof source === "string" ? { text: source } : source,
    network,
    nativeScrypt,
  );
  return parsed.ok ? "read" : parsed.error.code;
}

const wifOf = (secret: Uint8Array, network = exosRegtest, compressed = true) =>
  printWif({ secret, compressed }, network.addresses);
const addressOf = (publicKey: Uint8Array, network = exosRegtest) =>
  printAddress({ kind: "p2pkh", hash: hash160(publicKey) }, network.addresses) ?? "";

describe("words", () => {
  it("are read for every scheme of BIP39, the network's own first", () => {
    expect(read(KNOWN_WORDS.toUpperCase())).toEqual({
      kind: "secret",
      format: "words",
      secret: { kind: "words", words: KNOWN_WORDS, extraWord: "" },
      schemes: ["exos-105", "exos-248", "plain-105", "plain-248"],
    });
    expect(read({ text: KNOWN_WORDS, extraWord: "x" }, exos)).toMatchObject({
      secret: { extraWord: "x" },
      schemes: ["exos-248", "exos-105", "plain-105", "plain-248"],
    });
  });

  it("of EXOS-Electrum are known by their hash", () => {
    const sentence = electrum.cases.find(({ why }) => why === "standard")?.words ?? "";
    expect(read(sentence)).toMatchObject({
      format: "words of EXOS-Electrum",
      schemes: ["electrum"],
    });
    const spanish = electrum.cases.find(({ why }) => why === "spanish")?.words ?? "";
    expect(read(spanish)).toMatchObject({ schemes: ["electrum"] });
  });

  it("are refused with a wrong checksum", () => {
    expect(refusalOf("abandon ".repeat(12))).toBe("EXOS-E5010");
    expect(refusalOf("two words")).toBe("EXOS-E5010");
  });
});

describe("the reference's wallet file", () => {
  const path = vectorsPath("exos-regtest/walletA.wallet.json");
  const text = path === undefined ? "{}" : readFileSync(path, "utf8");

  it.skipIf(path === undefined)(
    "opens with its password alone to the accounts of its words",
    () => {
      const file = JSON.parse(text);
      // The coin type of main: another account than the one listed follows from it.
      const accountsRoot = [{ ...file.accountsRoot[0], coinType: 248 }];
      const { password = "", accounts = [] } = recordedWallet ?? {};
      expect(refusalOf({ text, password: "passB" })).toBe("EXOS-E5002");
      const torn = JSON.stringify({ ...file, accountsRoot });
      expect(refusalOf({ text: torn, password })).toBe("EXOS-E5009");
      const right = read({ text, password });
      if (right.kind !== "secret") throw new RangeError("no secret");
      const { secret, schemes } = right;
      expect(schemes).toEqual(["exos-105"]);
      const ring = openKeyRing(secret, "exos-105", "regtest");
      const keys = accounts.map(({ index }) => [index, ring?.accountKey(index) ?? ""] as const);
      expect(keys).toEqual(accounts.map(({ index, extPubKey }) => [index, extPubKey]));
    },
  );

  it.skipIf(path === undefined)(
    "is refused on another network before its password is asked",
    () => {
      expect(refusalOf({ text }, exos)).toBe("EXOS-E5011");
      expect(refusalOf({ text }, exosTest)).toBe("EXOS-E5011");
    },
  );

  it.skipIf(path === undefined)("is refused where a field is missing", () => {
    const file = JSON.parse(text);
    for (const part of [
      { chainCode: "AA==" },
      { chainCode: "*" },
      { chainCode: 1 },
      { encryptedSeed: 1 },
      { encryptedSeed: "6PY" },
      { network: 1 },
      { accountsRoot: 1 },
      { accountsRoot: [null] },
      { accountsRoot: [{ coinType: 105, accounts: [{ index: 1 }] }] },
    ]) {
      const changed = JSON.stringify({ ...file, ...part });
      expect(refusalOf(changed), JSON.stringify(part)).toBe("EXOS-E5009");
    }
  });

  it.skipIf(path === undefined)("that only watches gives its extended public key", () => {
    const file = JSON.parse(text);
    const watching = { ...file, isExtPubKeyWallet: true, encryptedSeed: null, chainCode: null };
    const { extPubKey } = recordedWallet?.accounts[0] ?? { extPubKey: "" };
    expect(read(JSON.stringify(watching))).toMatchObject({
      kind: "watched",
      accountKey: extPubKey,
    });
    // A private network may call itself as it likes.
    expect(read(JSON.stringify({ ...file, isExtPubKeyWallet: true, network: "Ours" })).kind).toBe(
      "watched",
    );
  });

  it.skipIf(path === undefined)("that watches what is no key is refused", () => {
    const accountsRoot = [{ coinType: 105, accounts: [{ index: 0, extPubKey: "tpub" }] }];
    const file = { network: "EXOSRegTest", isExtPubKeyWallet: true, accountsRoot };
    expect(refusalOf(JSON.stringify(file))).toBe("EXOS-E5009");
  });

  it("is no other JSON", () => {
    for (const text of ["{}", "{", '{"type":"other"}']) expect(refusalOf(text)).toBe("EXOS-E5009");
  });
});

describe("extended keys", () => {
  const master = masterOfSeed(seedOfWords(KNOWN_WORDS, ""), SCHEMES["exos-248"], "regtest");

  it("are read as a master key, an account, or to be watched", () => {
    expect(read(master.privateExtendedKey)).toMatchObject({
      secret: { kind: "master" },
      schemes: ["exos-105", "exos-248", "electrum"],
    });
    const account = master.derive("m/44'/105'/0'");
    expect(read(account.privateExtendedKey)).toMatchObject({
      secret: { kind: "account", extendedKey: account.privateExtendedKey },
      schemes: ["exos-105"],
    });
    expect(read(` ${account.publicExtendedKey}\n`)).toEqual({
      kind: "watched",
      format: "extended public key",
      accountKey: account.publicExtendedKey,
      addresses: [],
    });
  });

  it("of another kind of network are refused", () => {
    expect(refusalOf(master.privateExtendedKey, exos)).toBe("EXOS-E5011");
    const main = HDKey.fromMasterSeed(new Uint8Array(32)).publicExtendedKey;
    expect(refusalOf(main)).toBe("EXOS-E5011");
    expect(read(main, exos).kind).toBe("watched");
  });
});

describe("lists", () => {
  it("of keys keep their order and forms, each once", () => {
    const text = [OWNER, OTHER, OWNER].map(({ secret }) => wifOf(secret)).join("\r\n");
    const long = wifOf(OWNER.secret, exosRegtest, false);
    expect(read(`# mine\n\n${text}\n${long}\n`)).toMatchObject({
      format: "private keys",
      schemes: [],
      secret: {
        kind: "keys",
        keys: [
          { secret: OWNER.secret, compressed: true },
          { secret: OTHER.secret, compressed: true },
          { secret: OWNER.secret, compressed: false },
        ],
      },
    });
  });

  it("of dumpwallet are read with their comments, and compared with their addresses", () => {
    const line = (signer: typeof OWNER, note: string, address = addressOf(signer.publicKey)) =>
      `${wifOf(signer.secret)} 2019-12-23T10:00:00Z ${note} # addr=${address}`;
    const head =
      "# Wallet dump created by EXOS v1.0 (2019)\n# * Created on 2020-01-01T00:00:00Z\n\n";
    const text = `${head}${line(OWNER, "label=my%20tea")}\n${line(OTHER, "reserve=1")}\n\n# End of dump\n`;
    expect(read(text)).toMatchObject({
      format: "wallet dump of EXOS-Qt",
      secret: { kind: "keys" },
    });
    const wrong = line(OWNER, "change=1", addressOf(OTHER.publicKey));
    expect(refusalOf(head + wrong)).toBe("EXOS-E5009");
  });

  it("of addresses are watched", () => {
    const addresses = [OWNER, OTHER].map(({ publicKey }) => addressOf(publicKey));
    expect(read(addresses.join("\n"))).toEqual({
      kind: "watched",
      format: "list of addresses",
      accountKey: undefined,
      addresses,
    });
  });

  it("name the line at fault, and repeat nothing of it", () => {
    const good = wifOf(OWNER.secret);
    const cases = [
      { text: `${good}\nnothing`, code: "EXOS-E5009" },
      { text: `${good}\n${wifOf(OTHER.secret, exos)}`, code: "EXOS-E5011" },
      { text: `${good}\n${addressOf(OTHER.publicKey, exos)}`, code: "EXOS-E5011" },
      { text: `${good}\n${addressOf(OTHER.publicKey)}`, code: "EXOS-E5009" },
    ];
    for (const { text, code } of cases) {
      const parsed = readKeys({ text }, exosRegtest);
      if (parsed.ok) throw new RangeError(text);
      expect(parsed.error.code, text).toBe(code);
      expect(parsed.error.message).toContain("Line 2");
      expect(parsed.error.message).not.toContain(text.split("\n")[1]);
    }
    expect(refusalOf("")).toBe("EXOS-E5009");
    expect(refusalOf("# only a comment")).toBe("EXOS-E5009");
  });

  it("have an end", () => {
    const address = (index: number) => {
      const hash = new Uint8Array(20);
      new DataView(hash.buffer).setUint32(0, index);
      return printAddress({ kind: "p2pkh", hash }, exosRegtest.addresses);
    };
    const list = (count: number) =>
      Array.from({ length: count }, (_, index) => address(index)).join("\n");
    expect(refusalOf(list(IMPORTED_KEYS_MAX + 1))).toBe("EXOS-E5009");
  });

  it("are read up to 64 Mi characters of text", () => {
    const address = addressOf(OWNER.publicKey);
    const padded = (length: number) => address.padEnd(length, "\n");
    expect(refusalOf(padded(KEY_TEXT_LENGTH_MAX))).toBe("read");
    expect(refusalOf(padded(KEY_TEXT_LENGTH_MAX + 1))).toBe("EXOS-E5009");
  });

  it("never throw, whatever the text", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.json());
    fc.assert(fc.property(text, (text) => void readKeys({ text }, exos)));
  });
});

type KeyRow = readonly [
  text: string,
  payload: string,
  about: {
    readonly isPrivkey: boolean;
    readonly isCompressed?: boolean;
    readonly isTestnet: boolean;
  },
];
const valid = loadVectors<readonly KeyRow[]>("script/pos_base58_keys_valid.json");

describe("private keys in text", () => {
  const bitcoin = { main: { wif: 128 }, test: { wif: 239 } };

  it.skipIf(valid === undefined)("are those of Bitcoin Core's table, both ways", () => {
    const rows = (valid ?? []).filter(([, , about]) => about.isPrivkey);
    expect(rows.length).toBeGreaterThan(20);
    for (const [text, payload, { isCompressed = false, isTestnet }] of rows) {
      const format = isTestnet ? bitcoin.test : bitcoin.main;
      const key = { secret: fromHex(payload), compressed: isCompressed };
      expect(parseWif(text, format), text).toEqual({ kind: "key", key });
      expect(printWif(key, format)).toBe(text);
      expect(parseWif(text, isTestnet ? bitcoin.main : bitcoin.test), text).toEqual({
        kind: "foreign",
      });
    }
  });

  it("are none with a zero, a wrong mark, or a wrong length", () => {
    expect(parseWif(wifOf(new Uint8Array(32)), exosRegtest.addresses)).toBeUndefined();
    expect(parseWif(addressOf(OWNER.publicKey), exosRegtest.addresses)).toBeUndefined();
    const marked = encodeBase58Check(Uint8Array.of(203, ...OWNER.secret, 2));
    expect(parseWif(marked, exosRegtest.addresses)).toBeUndefined();
  });
});

/** @source BIP38, test vectors without EC multiplication */
const BIP38 = [
  {
    text: "6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg",
    password: "TestingOneTwoThree",
    secret: "cbf4b9f70470856bb4f40f80b87edb90865997ffee6df315ab166d713af433a5",
    compressed: false,
  },
  {
    text: "6PYNKZ1EAgYgmQfmNVamxyXVWHzK5s6DGhwP4J5o44cvXdoY7sRzhtpUeo",
    password: "TestingOneTwoThree",
    secret: "cbf4b9f70470856bb4f40f80b87edb90865997ffee6df315ab166d713af433a5",
    compressed: true,
  },
];

const keyOf = ({ secret, compressed }: (typeof BIP38)[number]) => {
  return { secret: fromHex(secret), compressed };
};

describe("private keys under a password", () => {
  const addresses = { ...bitcoinRegtest.addresses, p2pkh: 0 };
  const network = { name: "bitcoin", kind: "main", addresses } as const;

  it("are those of BIP38, and read as a list of one", async () => {
    const [long, short] = BIP38;
    if (long === undefined || short === undefined) throw new RangeError("two vectors");
    expect(read(long, network)).toMatchObject({ secret: { keys: [keyOf(long)] }, schemes: [] });
    expect(refusalOf({ text: long.text }, network)).toBe("EXOS-E5002");
    const opened = await inThread(
      "shared/wallet/bip38.ts",
      "openBip38",
      short.text,
      short.password,
      network.addresses,
    );
    expect(opened, "by our own function").toEqual({ ok: true, value: keyOf(short) });
    expect(openBip38("6P", "", network.addresses)).toMatchObject({ error: { code: "EXOS-E5009" } });
  });
});

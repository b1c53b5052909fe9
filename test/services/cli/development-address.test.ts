import { secp256k1 } from "@noble/curves/secp256k1.js";
import { hmac } from "@noble/hashes/hmac.js";
import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { expect, it } from "vitest";
import {
  DEVELOPMENT_ADDRESS,
  DEVELOPMENT_SCRIPT,
  developmentAddress,
  RIVAL_ADDRESS,
} from "#services/cli/dev/development-address.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { stratis } from "#shared/consensus/networks/stratis.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import { parseAddress, printAddress, scriptOfAddress } from "#shared/script/address.ts";

const text = new TextEncoder();
const WORDS = `${"abandon ".repeat(11)}about`;
const HARDENED = 2 ** 31;

interface Node {
  readonly secret: Uint8Array;
  readonly chainCode: Uint8Array;
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function split(digest: Uint8Array, add = 0n): Node {
  const { n } = secp256k1.Point.CURVE();
  const secret = new Uint8Array(32);
  let rest = (numberOf(digest.subarray(0, 32)) + add) % n;
  for (let at = 31; at >= 0; at--, rest >>= 8n) secret[at] = Number(rest & 255n);
  return { secret, chainCode: digest.subarray(32) };
}

/** @source BIP32 */
function child({ secret, chainCode }: Node, index: number): Node {
  const key = index >= HARDENED ? [0, ...secret] : secp256k1.getPublicKey(secret, true);
  const data = Uint8Array.of(...key, index >>> 24, index >>> 16, index >>> 8, index);
  return split(hmac(sha512, chainCode, data), numberOf(secret));
}

/** @source interfaces.md 5.1, scheme exos-105: BIP32 with the reference node's own HMAC key */
function addressOf(words: string, hmacKey: string): string | undefined {
  const seed = pbkdf2(sha512, text.encode(words), text.encode("mnemonic"), { c: 2_048, dkLen: 64 });
  const master = split(hmac(sha512, text.encode(hmacKey), seed));
  const path = [44 + HARDENED, 105 + HARDENED, HARDENED, 0, 0];
  const { secret } = path.reduce(child, master);
  const hash = hash160(secp256k1.getPublicKey(secret, true));
  return printAddress({ kind: "p2pkh", hash }, exosRegtest.addresses);
}

it("is the first address of the published words under the scheme exos-105", () => {
  expect(addressOf(WORDS, "CivX seed")).toBe(DEVELOPMENT_ADDRESS);
  expect(addressOf(WORDS, "Bitcoin seed")).not.toBe(DEVELOPMENT_ADDRESS);
});

it("has a rival with words of its own", () => {
  expect(addressOf(`${"zoo ".repeat(11)}wrong`, "CivX seed")).toBe(RIVAL_ADDRESS);
});

it("is the same key on every network", () => {
  const there = developmentAddress(stratis.addresses);
  expect(there).not.toBe(DEVELOPMENT_ADDRESS);
  const parsed = parseAddress(there, stratis.addresses);
  expect(parsed && scriptOfAddress(parsed)).toEqual(DEVELOPMENT_SCRIPT);
});

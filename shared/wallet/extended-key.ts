import { HDKey } from "@scure/bip32";
import { keysBeyond } from "#shared/crypto/keys-beyond.ts";
import { hmacSha512 } from "#shared/crypto/stretch.ts";
import { accountPath, type Branch } from "#shared/wallet/key-path.ts";
import type { Scheme } from "#shared/wallet/scheme.ts";

/** Development networks print extended keys as test networks do. */
export type NetworkKind = "main" | "test" | "regtest";

const MAIN_VERSIONS = { public: 0x0488_b21e, private: 0x0488_ade4 };
const TEST_VERSIONS = { public: 0x0435_87cf, private: 0x0435_8394 };

/** Longest text of an extended key. */
const TEXT_LENGTH_MAX = 112;

/** Bytes before an extended key. @source exos-l1.md 1.2 */
function versionsOf(kind: NetworkKind): typeof MAIN_VERSIONS {
  return kind === "main" ? MAIN_VERSIONS : TEST_VERSIONS;
}

/**
 * The master key of a seed. The library would take `Bitcoin seed` for granted, so this step is ours.
 *
 * @source BIP32; ExtKey.cs (EXOSFullNode e61c2e61); exos-l1.md 1.2
 */
export function masterOfSeed(seed: Uint8Array, scheme: Scheme, kind: NetworkKind): HDKey {
  const halves = hmacSha512(scheme.masterKey, seed);
  const master = masterOf(halves.subarray(0, 32), halves.subarray(32), kind);
  halves.fill(0);
  return master;
}

/** A master key from its two halves of 32 bytes, which stay the caller's. */
export function masterOf(privateKey: Uint8Array, chainCode: Uint8Array, kind: NetworkKind): HDKey {
  return new HDKey({ versions: versionsOf(kind), privateKey, chainCode });
}

/** The key from which the branches of an account descend. */
export function accountOf(master: HDKey, account: number, scheme: Scheme): HDKey {
  return master.derive(accountPath(account, scheme));
}

/** @returns `undefined` unless it is an extended key of such a network, public or private */
export function parseExtendedKey(text: string, kind: NetworkKind): HDKey | undefined {
  if (text.length > TEXT_LENGTH_MAX) return undefined;
  try {
    return HDKey.fromExtendedKey(text, versionsOf(kind));
  } catch {
    // The library throws for every way in which a text can be no key, and says nothing else.
    return undefined;
  }
}

/** The public keys of one account. */
export interface AccountKeys {
  /** @param index 0 to 2^31 - 1 @returns 33 bytes */
  publicKey(branch: Branch, index: number): Uint8Array;
}

/** @returns `undefined` unless the text is an extended public or private key of such a network */
export function openAccount(extendedKey: string, kind: NetworkKind): AccountKeys | undefined {
  const account = parseExtendedKey(extendedKey, kind)?.wipePrivateData();
  if (account === undefined) return undefined;
  const branches = {
    external: childrenOf(account.deriveChild(0)),
    internal: childrenOf(account.deriveChild(1)),
  };
  return { publicKey: (branch, index) => branches[branch](index) };
}

/**
 * The public keys below a public key. The library would take two square roots and a multiplication
 * as slow as those of secrets for each; here is no secret, so it takes half the time.
 *
 * @source BIP32, CKDpub
 */
function childrenOf(parent: HDKey): (index: number) => Uint8Array {
  const { chainCode } = parent;
  const publicKey = publicKeyIn(parent);
  if (chainCode === null) throw new RangeError("an extended key without a chain code");
  const keyBeyond = keysBeyond(publicKey);
  const message = new Uint8Array(publicKey.length + 4);
  message.set(publicKey);
  return (index) => {
    new DataView(message.buffer).setUint32(publicKey.length, index);
    return keyBeyond(hmacSha512(chainCode, message).subarray(0, 32));
  };
}

/** The public key of an extended key, 33 bytes, fresh. */
export function publicKeyIn({ publicKey }: HDKey): Uint8Array {
  if (publicKey === null) throw new RangeError("an extended key without a key");
  return publicKey;
}

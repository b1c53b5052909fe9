import type { HDKey } from "@scure/bip32";
import { Writer } from "#shared/codec/writer.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import { publicKeyOf } from "#shared/crypto/sign-digest.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { seedOfElectrum } from "#shared/wallet/electrum-words.ts";
import {
  accountOf,
  masterOf,
  masterOfSeed,
  type NetworkKind,
  parseExtendedKey,
  publicKeyIn,
} from "#shared/wallet/extended-key.ts";
import type { KeyPath } from "#shared/wallet/key-path.ts";
import { SCHEMES, type Scheme, type SchemeId } from "#shared/wallet/scheme.ts";
import type { ImportedKey, WalletSecret } from "#shared/wallet/wallet-secret.ts";
import { seedOfWords } from "#shared/wallet/words.ts";

/** The secrets of one wallet, opened: never leaves the thread that signs. */
export interface KeyRing {
  /** Eight hex digits: of the master key, of the account, or of all keys of a list. */
  readonly fingerprint: string;
  /** Extended public key of an account. @returns `undefined` where no such account is derived */
  accountKey(account: number): string | undefined;
  /** Compressed or not, as each is used; empty where keys are derived. */
  readonly importedKeys: readonly Uint8Array[];
  /**
   * Hand one key to a function, and zero it afterwards.
   * @returns `undefined` when the wallet has no key at this path
   */
  use<T>(path: KeyPath, sign: (key: ImportedKey) => T): T | undefined;
  /** Zero what can be zeroed; nothing can be used afterwards. */
  wipe(): void;
}

/**
 * Open the secrets of a wallet.
 *
 * @param scheme ignored for a list of keys
 * @returns `undefined` when the secret is no key of this kind of network
 */
export function openKeyRing(
  secret: WalletSecret,
  scheme: SchemeId | "keys",
  kind: NetworkKind,
): KeyRing | undefined {
  if (secret.kind === "keys") return ringOfKeys(secret.keys);
  if (scheme === "keys") return undefined;
  if (secret.kind === "account") {
    const account = parseExtendedKey(secret.extendedKey, kind);
    if (account?.privateKey == null) return undefined;
    return ringOf(account, (index) => (index === 0 ? account : undefined));
  }
  const own = SCHEMES[scheme];
  const master = masterOfSecret(secret, own, kind);
  const count = own.shape === "electrum" ? 1 : 2 ** 31;
  return ringOf(master, (index) => (index < count ? accountOf(master, index, own) : undefined));
}

function masterOfSecret(
  secret: Extract<WalletSecret, { kind: "words" | "master" }>,
  scheme: Scheme,
  kind: NetworkKind,
): HDKey {
  if (secret.kind === "master") return masterOf(secret.privateKey, secret.chainCode, kind);
  const { words, extraWord } = secret;
  const seedFrom = scheme.shape === "electrum" ? seedOfElectrum : seedOfWords;
  const seed = seedFrom(words, extraWord);
  const master = masterOfSeed(seed, scheme, kind);
  seed.fill(0);
  return master;
}

function ringOf(root: HDKey, derive: (account: number) => HDKey | undefined): KeyRing {
  /** Accounts and their branches, so that a signature derives one key, not five. */
  const nodes = new Map<string, HDKey>();
  const accountAt = (account: number) => {
    const known = nodes.get(`${account}`) ?? derive(account);
    if (known !== undefined) nodes.set(`${account}`, known);
    return known;
  };
  const branchAt = (account: number, branch: "external" | "internal") => {
    const name = `${account} ${branch}`;
    const known = nodes.get(name) ?? accountAt(account)?.deriveChild(branch === "external" ? 0 : 1);
    if (known !== undefined) nodes.set(name, known);
    return known;
  };

  return {
    fingerprint: toHex(hash160(publicKeyIn(root)).subarray(0, 4)),
    accountKey: (account) => accountAt(account)?.publicExtendedKey,
    importedKeys: [],
    use(path, sign) {
      if (path.kind === "imported") return undefined;
      const node = branchAt(path.account, path.branch)?.deriveChild(path.index);
      const secret = node?.privateKey;
      node?.wipePrivateData();
      if (secret == null) return undefined;
      try {
        return sign({ secret, compressed: true });
      } finally {
        secret.fill(0);
      }
    },
    wipe() {
      root.wipePrivateData();
      for (const node of nodes.values()) node.wipePrivateData();
      nodes.clear();
    },
  };
}

function ringOfKeys(keys: readonly ImportedKey[]): KeyRing | undefined {
  const publicKeys = keys.map(({ secret, compressed }) => publicKeyOf(secret, compressed));
  if (keys.length === 0) return undefined;
  const own = keys.map(({ secret, compressed }) => ({ secret: secret.slice(), compressed }));
  return {
    fingerprint: toHex(hash160(joined(publicKeys)).subarray(0, 4)),
    accountKey: () => undefined,
    importedKeys: publicKeys,
    use(path, sign) {
      const key = path.kind === "imported" ? own[path.index] : undefined;
      return key === undefined ? undefined : sign(key);
    },
    wipe() {
      for (const { secret } of own) secret.fill(0);
      own.length = 0;
    },
  };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const writer = new Writer();
  for (const piece of pieces) writer.bytes(piece);
  return writer.finish();
}

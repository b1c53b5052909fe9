import type { Signer } from "#shared/ports/signer.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";
import type { Refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { SchemeId } from "#shared/wallet/scheme.ts";

/** Where the keys of a new wallet come from. */
export type KeySource =
  | { readonly kind: "fresh"; readonly words: 12 | 24 }
  | {
      readonly kind: "text";
      /** Words, keys or a whole file; the format is found out. At most 2^26 characters. */
      readonly text: string;
      /** Of the file that is read, where it has one. */
      readonly password?: string;
      /** The optional extra word behind BIP39 words. */
      readonly extraWord?: string;
    };

/** What of a wallet may be known without its password. */
export interface WalletCard {
  readonly name: string;
  readonly id: string;
  readonly createdAt: UnixSeconds;
  readonly network: string;
  /** `keys` for a list of keys that nothing derives. */
  readonly scheme: SchemeId | "keys";
  /** Eight hex digits of the master key's hash. */
  readonly fingerprint: string;
  /** Extended public key of account 0; `undefined` for a list of keys. */
  readonly accountKey: string | undefined;
}

/** The same keys, seen through one scheme. */
export interface SchemeCandidate {
  readonly scheme: SchemeId;
  readonly fingerprint: string;
  readonly accountKey: string;
}

/** What a text or file turned out to hold; public data alone. */
export type KeyInspection =
  | {
      readonly kind: "derived";
      /** `words`, `electrum words`, `xprv`, `.wallet.json`: for people. */
      readonly format: string;
      /** Every scheme that the keys may have been used with, the likeliest first. */
      readonly candidates: readonly SchemeCandidate[];
    }
  | {
      readonly kind: "keys";
      readonly format: string;
      /** Compressed or not, as each was used, in the order of their imported indexes. */
      readonly publicKeys: readonly Uint8Array[];
    }
  /** Nothing secret: to be watched, not spent. */
  | {
      readonly kind: "watched";
      readonly format: string;
      readonly accountKey: string | undefined;
      readonly addresses: readonly string[];
    };

/** A new wallet: what it is to be called, and how it is to be protected. */
export interface NewKeystore {
  readonly name: string;
  readonly password: string;
  readonly source: KeySource;
  /** `undefined`: the network's own, or `keys` where the source is a list of them. */
  readonly scheme: SchemeId | undefined;
}

/** A password, and the one that takes its place. */
export interface PasswordChange {
  readonly password: string;
  readonly next: string;
}

/**
 * The keystores of one network in one folder. Secrets go in with the caller's own hand (words that
 * he typed, a file that he named) and come out through `words` alone.
 *
 * Implementations: `adapters/embedded/keystore-folder.ts`. Suite: `test/ports/keystores.contract.ts`.
 */
export interface Keystores {
  /** By name; a file that cannot be read is left out and named in the log. */
  list(): Promise<readonly WalletCard[]>;

  /** @returns refusals E5004, E5006, E5007, E5008 */
  read(name: string): Promise<Result<WalletCard, Refusal>>;

  /** What keys a source holds, before anything is written. @returns refusals E5002, E5009 to E5011 */
  inspect(source: KeySource): Promise<Result<KeyInspection, Refusal>>;

  /** Write a new keystore, durably. @returns refusals of `inspect`, E5005, E5006, E5017 for a watched source */
  create(wallet: NewKeystore): Promise<Result<WalletCard, Refusal>>;

  /** The public keys of a wallet of the scheme `keys`, in the order of their indexes. @returns E5002, E5004 */
  publicKeys(name: string, password: string): Promise<Result<readonly Uint8Array[], Refusal>>;

  /** The words, on the owner's request only. @returns refusals E5002, E5004; E5017 where there are none */
  words(name: string, password: string): Promise<Result<string, Refusal>>;

  /** Put a wallet under another password; whole or not at all. @returns refusals E5002, E5004 */
  changePassword(name: string, change: PasswordChange): Promise<Result<undefined, Refusal>>;

  /** A copy of the file as it is, mode 0600, to a path that does not exist yet. @returns E5004, E5005 */
  backup(name: string, path: string): Promise<Result<undefined, Refusal>>;

  /**
   * Decrypt a copy and compare what it derives with the wallet of this name, which is not touched.
   * @returns refusals E5002, E5008, and E5017 for a copy of other keys
   */
  verifyBackup(name: string, path: string, password: string): Promise<Result<undefined, Refusal>>;

  /** The signer of a wallet, locked; held by the caller. @returns refusals of `read` */
  open(name: string): Promise<Result<Signer & AsyncDisposable, Refusal>>;
}

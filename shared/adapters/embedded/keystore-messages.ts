import type { Network } from "#shared/consensus/params.ts";
import type { KeyInspection, KeySource } from "#shared/ports/keystores.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";
import type { Refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { StakeSigningParams } from "#shared/wallet/check-stake-template.ts";
import type { SchemeId } from "#shared/wallet/scheme.ts";
import type { SigningRequest, StakeRequest } from "#shared/wallet/signing.ts";
import type { KdfCost } from "./keystore-crypto.ts";

/** What a thread of keys knows of its network. */
export type KeystoreNetwork = Pick<Network, "name" | "kind" | "addresses"> & {
  readonly consensus: StakeSigningParams;
};

/** A keystore's text, and what opens it. */
export interface LockedFile {
  readonly file: string;
  readonly password: string;
}

/** What is asked of a thread of keys, and what it answers, by kind. */
export interface KeystoreCalls {
  inspect: { ask: { readonly source: KeySource }; answer: KeyInspection };
  create: {
    ask: {
      readonly source: KeySource;
      readonly scheme: SchemeId | undefined;
      readonly password: string;
      readonly createdAt: UnixSeconds;
      readonly cost: KdfCost;
    };
    /** The text of the file. */
    answer: string;
  };
  /** The same secret under another password; the answer is the text of the file. */
  reseal: { ask: LockedFile & { readonly next: string; readonly cost: KdfCost }; answer: string };
  publicKeys: { ask: LockedFile; answer: readonly Uint8Array[] };
  words: { ask: LockedFile; answer: string };
  /** Whether a copy derives the keys that the hint of the file tells of. */
  compare: { ask: LockedFile & { readonly copy: string }; answer: undefined };
  unlock: { ask: LockedFile & { readonly stakingOnly: boolean }; answer: undefined };
  lock: { ask: object; answer: undefined };
  accountKey: { ask: { readonly account: number }; answer: string };
  signTransaction: { ask: { readonly request: SigningRequest }; answer: Uint8Array };
  signStake: { ask: { readonly request: StakeRequest }; answer: Uint8Array };
}

/** One kind of call. */
export type KeystoreCall = keyof KeystoreCalls;

/** A call on its way to the thread, under a number that the answer repeats. */
export type KeystoreRequest = {
  readonly [Kind in KeystoreCall]: {
    readonly id: number;
    readonly kind: Kind;
    readonly ask: KeystoreCalls[Kind]["ask"];
  };
}[KeystoreCall];

/** Its answer; `failed`, in a few words without any value, where the thread is at fault. */
export type KeystoreAnswer =
  | { readonly id: number; readonly result: Result<unknown, Refusal> }
  | { readonly id: number; readonly failed: string };

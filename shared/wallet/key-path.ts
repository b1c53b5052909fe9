import type { Scheme } from "#shared/wallet/scheme.ts";

/** Account of coins that were handed to a staker and stay ours. @source exos-l1.md 9.4 */
export const COLD_ACCOUNT = 100_000_000;
/** Account of keys that stake coins of others. @source exos-l1.md 9.4 */
export const HOT_ACCOUNT = 100_000_001;

/** Addresses in a row without use, after which no wallet looks for more. @source interfaces.md 5.1 */
export const GAP_LIMIT = 20;

/** Where addresses are given out, and where change comes back. */
export type Branch = "external" | "internal";

/** Where a key stands in its wallet. */
export type KeyPath =
  | {
      readonly kind: "derived";
      /** 0 to 2^31 - 1; always 0 where the scheme has no accounts. */
      readonly account: number;
      readonly branch: Branch;
      /** 0 to 2^31 - 1. */
      readonly index: number;
    }
  | {
      readonly kind: "imported";
      /** Place in the list that was imported, from 0. */
      readonly index: number;
    };

/** Indexes and accounts lie below this. @source BIP32 */
const INDEX_END = 2 ** 31;

const BRANCHES: readonly Branch[] = ["external", "internal"];

/** `m/44'/248'/0'` of BIP44, and `m` where there are no accounts. */
export function accountPath(account: number, { shape, coinType }: Scheme): string {
  return shape === "electrum" ? "m" : `m/44'/${coinType}'/${account}'`;
}

/** Path as people and the reference write it: `m/44'/248'/0'/0/5`, and `imported/5`. */
export function printKeyPath(path: KeyPath, scheme: Scheme): string {
  if (path.kind === "imported") return `imported/${path.index}`;
  return `${accountPath(path.account, scheme)}/${BRANCHES.indexOf(path.branch)}/${path.index}`;
}

/** @returns `undefined` for a path that this scheme does not have */
export function parseKeyPath(text: string, scheme: Scheme): KeyPath | undefined {
  const [, account, branchDigit, indexText] =
    /^(?:m(?:\/44'\/\d{1,10}'\/(\d{1,10})')?\/([01])|imported)\/(\d{1,10})$/.exec(text) ?? [];
  const index = Number(indexText);
  const branch = BRANCHES[Number(branchDigit)];
  const path: KeyPath =
    branch === undefined
      ? { kind: "imported", index }
      : { kind: "derived", account: Number(account ?? 0), branch, index };
  const inRange = index < INDEX_END && (path.kind === "imported" || path.account < INDEX_END);
  return inRange && printKeyPath(path, scheme) === text ? path : undefined;
}

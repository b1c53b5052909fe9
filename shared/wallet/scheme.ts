/** How keys come from words or a master key; stored with the wallet, since words do not say it. */
export type SchemeId = "exos-248" | "exos-105" | "plain-105" | "plain-248" | "electrum";

/** One way of derivation. @source interfaces.md 5.1 */
export interface Scheme {
  readonly id: SchemeId;
  /** Key of the HMAC that makes the master key of a seed. */
  readonly masterKey: "CivX seed" | "Bitcoin seed";
  /** BIP44, or nothing between the master key and the branches. */
  readonly shape: "bip44" | "electrum";
  readonly coinType: number;
  /** Whose wallets it restores, for people. */
  readonly usedBy: string;
}

/** In the order in which an import tries them. @source interfaces.md 5.1; exos-l1.md 1.2 */
export const SCHEMES: Readonly<Record<SchemeId, Scheme>> = {
  "exos-248": {
    id: "exos-248",
    masterKey: "CivX seed",
    shape: "bip44",
    coinType: 248,
    usedBy: "EXOS nodes and EXOS-Core since 2019-12-23, Blockcore, EXOS-Electrum with BIP39 words",
  },
  "exos-105": {
    id: "exos-105",
    masterKey: "CivX seed",
    shape: "bip44",
    coinType: 105,
    usedBy: "regtest",
  },
  "plain-105": {
    id: "plain-105",
    masterKey: "Bitcoin seed",
    shape: "bip44",
    coinType: 105,
    usedBy: "EXOS nodes before 2019-12-23",
  },
  "plain-248": {
    id: "plain-248",
    masterKey: "Bitcoin seed",
    shape: "bip44",
    coinType: 248,
    usedBy: "general BIP44 tools and hardware wallets",
  },
  electrum: {
    id: "electrum",
    masterKey: "CivX seed",
    shape: "electrum",
    coinType: 0,
    usedBy: "EXOS-Electrum with words of its own",
  },
};

/** The scheme that new wallets of a network use. @source interfaces.md 5.1 */
export function defaultScheme({ kind }: { readonly kind: "main" | "test" | "regtest" }): SchemeId {
  return kind === "regtest" ? "exos-105" : "exos-248";
}

/** @returns `undefined` for any other text */
export function parseSchemeId(text: string): SchemeId | undefined {
  // The keys of the record are exactly the ids.
  return Object.hasOwn(SCHEMES, text) ? (text as SchemeId) : undefined;
}

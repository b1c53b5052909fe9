import type { ConsensusCode, Effect } from "#shared/consensus/verdict.ts";

/**
 * Every reason for which a transaction that no consensus rule condemns is kept out of the pool, with
 * its number on the wire. 0x100 and above are never sent.
 *
 * @source MempoolErrors.cs (EXOSFullNode e61c2e61); exos-l1.md 6.1; BIP61
 * @module
 */
export const POLICY_CODES = {
  coinbase: 0x10,
  coinstake: 0x10,
  version: 0x40,
  "time-too-new": 0x40,
  "tx-size": 0x40,
  "scriptsig-size": 0x40,
  "scriptsig-not-pushonly": 0x40,
  scriptpubkey: 0x40,
  dust: 0x40,
  "multi-op-return": 0x40,
  "non-final": 0x40,
  "txn-already-in-mempool": 0x101,
  "txn-mempool-conflict": 0x102,
  "txn-already-known": 0x101,
  "bad-txns-inputs-missing": 0x10,
  "bad-txns-inputs-spent": 0x12,
  "non-BIP68-final": 0x40,
  "bad-txns-nonstandard-inputs": 0x40,
  "bad-witness-nonstandard": 0x40,
  "bad-txns-too-many-sigops": 0x40,
  "mempool-min-fee-not-met": 0x42,
  "insufficient-priority": 0x42,
  "absurdly-high-fee": 0x100,
  "too-long-mempool-chain": 0x40,
  "bad-txns-spends-conflicting-tx": 0x10,
  "insufficient-fee": 0x42,
  "too-many-potential-replacements": 0x40,
  "replacement-adds-unconfirmed": 0x40,
  "mandatory-script-verify-flag-failed": 0x10,
  "mempool-full": 0x42,
} as const satisfies Record<string, number>;

/** One of the thirty. */
export type PolicyCode = keyof typeof POLICY_CODES;

/**
 * Why a transaction is not in the pool. `effect` as for blocks: `invalid` for ever, `until` a time
 * that `detail` names, `bytes` these bytes only, `unknown` as the chain and the pool stand now.
 */
export interface PolicyError {
  readonly code: PolicyCode | ConsensusCode;
  readonly effect: Effect;
  readonly detail: Readonly<Record<string, string | number>>;
}

/** What a rule of the pool returns when it fails. Most depend on the moment: `unknown`. */
export function policyError(
  code: PolicyCode,
  detail: PolicyError["detail"] = {},
  effect: Effect = "unknown",
): PolicyError {
  return { code, effect, detail };
}

/**
 * Every reason a block or transaction can be invalid, as data. Codes are visible on the wire and
 * copied letter for letter from the reference node, misspellings included.
 *
 * @source ConsensusErrors.cs (EXOSFullNode e61c2e61); exos-l1.md 12
 * @module
 */

/**
 * What is known about the hash. `invalid`: bad for ever. `until`: bad until a time named in
 * `detail`. `bytes`: only this delivery is bad. `unknown`: cannot be judged yet, keep it and judge
 * it again. What becomes of the sender follows from it elsewhere, never here.
 */
export type Effect = "invalid" | "until" | "bytes" | "unknown";

/** Where in the life of a block a rule stands. @source exos-l1.md 4 */
export type Stage = "header" | "integrity" | "partial" | "full";

/**
 * The seventy codes, each with its usual effect. A rule that knows better says so: what no hash
 * commits to (a witness, a signature, a proven header's proof) condemns the delivery alone, and what
 * only says that a parent is not ready condemns nothing.
 */
export const CONSENSUS_CODES = {
  "invalid-prev-tip": "unknown",
  "high-hash": "invalid",
  "bad-cb-height": "invalid",
  "bad-txns-nonfinal": "invalid",
  "bad-witness-nonce-size": "bytes",
  "bad-witness-merkle-match": "bytes",
  "unexpected-witness": "bytes",
  "bad-blk-weight": "invalid",
  "bad-diffbits": "invalid",
  "time-too-old": "invalid",
  "time-too-new": "until",
  "bad-version": "invalid",
  "bad-txnmrklroot": "bytes",
  "bad-blk-length": "invalid",
  "bad-cb-missing": "invalid",
  "bad-cb-length": "invalid",
  "bad-cb-multiple": "invalid",
  "bad-cs-multiple": "invalid",
  "bad-blk-sigops": "invalid",
  "bad-txns-duplicate": "bytes",
  "bad-txns-vin-empty": "invalid",
  "bad-txns-vout-empty": "invalid",
  "bad-txns-oversize": "invalid",
  "user-txout-empty": "invalid",
  "bad-txns-vout-negative": "invalid",
  "bad-txns-vout-toolarge": "invalid",
  "bad-txns-txouttotal-toolarge": "invalid",
  "bad-txns-inputs-duplicate": "invalid",
  "bad-txns-prevout-null": "invalid",
  "bad-txns-BIP30": "invalid",
  "bad-txns-inputs-missingorspent": "invalid",
  "bad-cb-amount": "invalid",
  "bad-cs-amount": "invalid",
  "bad-txns-premature-spend-of-coinbase": "invalid",
  "bad-txns-premature-spend-of-coinstake": "invalid",
  "bad-txns-inputvalues-outofrange": "invalid",
  "bad-txns-in-belowout": "invalid",
  "bad-txns-fee-negative": "invalid",
  "bad-txns-fee-outofrange": "invalid",
  "bad-txns-early-timestamp": "invalid",
  "bad-txns-script-failed": "invalid",
  "non-coinstake": "invalid",
  "read-txPrev-failed": "invalid",
  "read-txPrev-failed-insufficient": "unknown",
  "invalid-stake-depth": "invalid",
  "stake-time-violation": "invalid",
  "bad-stake-block": "invalid",
  "prev-stake-null": "unknown",
  "proof-of-stake-hash-invalid-target": "invalid",
  "empty-coinstake": "invalid",
  "modifier-not-found": "invalid",
  "failed-select-block": "invalid",
  "set-stake-entropy-bit-failed": "invalid",
  "verify-signature-failed-on-coinstake": "invalid",
  "block-timestamp-to-far": "until",
  "block-timestamp-to-early": "invalid",
  "bad-block-signature": "bytes",
  "block-time-before-trx": "invalid",
  "proof-of-work-too-high": "invalid",
  "checkpoint-violation": "invalid",
  "proven-header-merkle-proof-size": "invalid",
  "proven-header-coinstake-size": "invalid",
  "proven-header-signature-size": "invalid",
  "bad-txns-spend-of-coinstake": "invalid",
  "utxo-not-found-in-rewind-data": "unknown",
  "proven-header-invalid-previous-header": "unknown",
  "proven-header-invalid-previous-header-stake-modifier": "unknown",
  "bad-coldstake-amount": "invalid",
  "bad-coldstake-inputs": "invalid",
  "bad-coldstake-outputs": "invalid",
} as const satisfies Record<string, Effect>;

/** One of the seventy. */
export type ConsensusCode = keyof typeof CONSENSUS_CODES;

/** A verdict of "invalid". Plain JSON: it crosses a queue, a table and an RPC reply unchanged. */
export interface ConsensusError {
  readonly code: ConsensusCode;
  readonly stage: Stage;
  readonly effect: Effect;
  readonly detail: Readonly<Record<string, string | number>>;
}

/** What one rule found, before the judge that called it names the stage. */
export type Violation = Omit<ConsensusError, "stage">;

/** `undefined` means valid. The alternative is never an exception. */
export type Verdict = ConsensusError | undefined;

/** What a rule returns when it fails, with the usual effect of its code. */
export function violation(code: ConsensusCode, detail: Violation["detail"] = {}): Violation {
  return { code, effect: CONSENSUS_CODES[code], detail };
}

/** Name the stage in which a rule failed. */
export function atStage(stage: Stage, found: Violation | undefined): Verdict {
  return found === undefined ? undefined : { ...found, stage };
}

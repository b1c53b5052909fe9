import { blockRules } from "#shared/consensus/block-rules.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { ScriptJob, ScriptOutcome } from "#shared/consensus/judge-env.ts";
import { judgeSpending, outputSum } from "#shared/consensus/judge-spending.ts";
import { judgeTransaction } from "#shared/consensus/judge-transaction.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { checkAgeLocks } from "#shared/consensus/rules/check-age-locks.ts";
import { checkEmptyOutputs } from "#shared/consensus/rules/check-empty-outputs.ts";
import { sigopCost } from "#shared/consensus/sigop-cost.ts";
import { type Height, height, type UnixSeconds } from "#shared/primitives/brand.ts";
import type { Coin, CoinsReader } from "#shared/primitives/coin.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import { checkChainLimits } from "./check-chain-limits.ts";
import { checkNextFinal } from "./check-next-final.ts";
import { checkNotMinting } from "./check-not-minting.ts";
import { checkPoolFee } from "./check-pool-fee.ts";
import { checkReplacement } from "./check-replacement.ts";
import { checkStandardForm } from "./check-standard-form.ts";
import { checkStandardInputs } from "./check-standard-inputs.ts";
import { checkStandardOutputs } from "./check-standard-outputs.ts";
import { checkStandardPrevouts } from "./check-standard-prevouts.ts";
import { checkStandardWitness } from "./check-standard-witness.ts";
import { findConflicts } from "./find-conflicts.ts";
import { findPoolCoins } from "./find-pool-coins.ts";
import { type PolicyError, policyError } from "./policy-error.ts";
import type { PoolGraph, PoolMember } from "./pool-graph.ts";
import type { PoolPolicy } from "./pool-policy.ts";
import { transactionSize } from "./transaction-size.ts";

/** What a transaction is judged by before anything is read for it. */
export interface LooseEnv {
  readonly params: ConsensusParams;
  readonly policy: PoolPolicy;
  /** The tip. */
  readonly parent: HeaderRecord;
  /** The network-adjusted clock. */
  readonly now: UnixSeconds;
}

/** What a transaction is judged by as the pool stands. */
export interface PoolEnv extends LooseEnv {
  readonly graph: PoolGraph;
  /** The unspent set at the tip; see `findPoolCoins` for what it must know. */
  readonly coins: CoinsReader;
  /** What a full pool asks, base units per 1,000 bytes. */
  readonly rollingRate: bigint;
  /** Base units per 1,000 bytes; `undefined`: any fee. */
  readonly feeRateMax: bigint | undefined;
  /** Whether a block or the pool had it before: then its fee was enough. */
  readonly isPaid: boolean;
  medianTimeAt(height: Height): UnixSeconds;
}

/** A transaction that every rule but the scripts lets in. */
export interface Candidate {
  readonly fee: bigint;
  readonly size: number;
  readonly sigopCost: number;
  /** What each input spends, in order. */
  readonly spent: readonly Coin[];
  /** What has to leave, children before parents. */
  readonly replaced: readonly PoolMember[];
}

/** @source ConsensusOptions.cs MaxStandardTxSigopsCost (EXOSFullNode e61c2e61); exos-l1.md 6.1.9 */
const SIGOPS_SHARE = 5;

/**
 * What is wrong with a transaction that stands alone: steps 1 to 4.
 *
 * @source MempoolValidator.cs PreMempoolChecks (EXOSFullNode e61c2e61); exos-l1.md 6.1
 */
export function judgeLoose(
  tx: HashedTransaction,
  { params, policy, parent, now }: LooseEnv,
): PolicyError | undefined {
  return (
    judgeTransaction(tx, params) ??
    (params.stake === undefined ? undefined : checkEmptyOutputs(tx)) ??
    checkNotMinting(tx, params) ??
    (policy.requireStandard
      ? (checkStandardForm(tx, params, now) ??
        checkStandardInputs(tx, params) ??
        checkStandardOutputs(tx, params, policy))
      : undefined) ??
    checkNextFinal(tx, parent, params)
  );
}

/**
 * What is wrong with a transaction as chain and pool stand, but for its scripts: steps 5 to 12, and
 * of step 13 what blocks are held to as well.
 *
 * @source MempoolValidator.cs AcceptToMemoryPoolWorkerAsync (EXOSFullNode e61c2e61); exos-l1.md 6.1
 */
export function judgePooled(tx: HashedTransaction, env: PoolEnv): Result<Candidate, PolicyError> {
  const { graph, params, policy } = env;
  const conflicts = findConflicts(tx, graph, policy);
  if (!conflicts.ok) return conflicts;
  const found = findPoolCoins(tx, env, height(env.parent.height + 1));
  if (!found.ok) return found;
  const spent = found.value;
  const flags = standardFlags(params);
  const candidate = {
    fee: spent.reduce((sum, { value }) => sum + value, 0n) - outputSum(tx),
    size: transactionSize(tx, params),
    sigopCost: sigopCost(tx, spent, flags, params),
    spent,
    replaced: graph.withDescendants(conflicts.value),
  };
  const error =
    checkSpent(tx, candidate, env) ??
    checkPlace(tx, candidate, conflicts.value, env) ??
    checkAsMined(tx, spent, env);
  return error === undefined ? { ok: true, value: candidate } : { ok: false, error };
}

/** Steps 8 to 10. */
function checkSpent(
  tx: HashedTransaction,
  { spent, sigopCost: cost, fee }: Candidate,
  env: PoolEnv,
): PolicyError | undefined {
  const { params, policy, parent } = env;
  const locked = checkAgeLocks(tx, spent, env);
  if (locked !== undefined) return policyError("non-BIP68-final", locked.detail);
  const odd = policy.requireStandard
    ? (checkStandardPrevouts(tx, spent, params) ?? checkStandardWitness(tx, spent, params))
    : undefined;
  if (odd !== undefined) return odd;
  const costMax = params.blockSigopsCostMax / SIGOPS_SHARE;
  if (cost > costMax) return policyError("bad-txns-too-many-sigops", { cost });
  return env.isPaid ? undefined : checkPoolFee(tx, spent, fee, { ...env, height: parent.height });
}

/** Steps 11 and 12. */
function checkPlace(
  tx: HashedTransaction,
  { fee, size }: Candidate,
  conflicts: ReadonlySet<PoolMember>,
  { graph, policy }: PoolEnv,
): PolicyError | undefined {
  const ancestors = graph.withAncestors(graph.parentsOf(tx));
  return (
    checkChainLimits({ size, ancestors, conflicts }, policy) ??
    checkReplacement({ tx, fee, size, conflicts }, graph, policy)
  );
}

/** The input checks of the next block. Its locks and its signature operations were asked before. */
function checkAsMined(
  tx: HashedTransaction,
  spent: readonly Coin[],
  env: PoolEnv,
): PolicyError | undefined {
  const { parent, params } = env;
  const rules = { ...blockRules(parent, params), isAgeLocked: false };
  return judgeSpending(tx, spent, { env, rules, time: parent.header.time, sigopCost: 0 });
}

/**
 * What scripts of the pool are held to, far above what blocks are. A cold-staking script spent by
 * its hot key is none of it: that is for a coinstake.
 *
 * @source ScriptVerify.Standard, NBitcoin/Script.cs (EXOSFullNode e61c2e61);
 *   STANDARD_SCRIPT_VERIFY_FLAGS, bitcoin/bitcoin policy/policy.h (25.0); exos-l1.md 5.2
 */
export function standardFlags({ dialect }: Pick<ConsensusParams, "dialect">): number {
  const both =
    ScriptFlags.P2SH |
    ScriptFlags.DERSIG |
    ScriptFlags.STRICTENC |
    ScriptFlags.MINIMALDATA |
    ScriptFlags.NULLDUMMY |
    ScriptFlags.DISCOURAGE_UPGRADABLE_NOPS |
    ScriptFlags.CLEANSTACK |
    ScriptFlags.CHECKLOCKTIMEVERIFY |
    ScriptFlags.CHECKSEQUENCEVERIFY |
    ScriptFlags.LOW_S |
    ScriptFlags.WITNESS |
    ScriptFlags.DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM |
    ScriptFlags.NULLFAIL |
    ScriptFlags.MINIMALIF;
  return dialect === "exos"
    ? both
    : both | ScriptFlags.WITNESS_PUBKEYTYPE | ScriptFlags.CONST_SCRIPTCODE;
}

/**
 * Every script of a candidate: by the standard flags, then by those alone that no script escapes, in
 * case the standard ones let pass what they should not.
 */
export function poolScripts(
  tx: HashedTransaction,
  { spent }: Pick<Candidate, "spent">,
  params: Pick<ConsensusParams, "dialect">,
): readonly ScriptJob[] {
  return [standardFlags(params), ScriptFlags.P2SH].map((flags) => ({ tx, prevouts: spent, flags }));
}

/**
 * Every script allows its spend. The reference looks at the first input alone.
 *
 * @source MempoolValidator.cs CheckInputs (EXOSFullNode e61c2e61); exos-l1.md 6.1.13, 11a
 */
export function judgeScripts(outcomes: readonly ScriptOutcome[]): PolicyError | undefined {
  const failed = outcomes.find(({ error }) => error !== undefined);
  if (failed?.error === undefined) return undefined;
  return policyError("mandatory-script-verify-flag-failed", { error: failed.error }, "bytes");
}

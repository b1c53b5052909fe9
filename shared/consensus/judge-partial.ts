import { mayBeInnerNodes } from "#shared/consensus/block-merkle-root.ts";
import { type BlockRules, blockRules } from "#shared/consensus/block-rules.ts";
import { firstViolation } from "#shared/consensus/first-violation.ts";
import type { PartialEnv } from "#shared/consensus/judge-env.ts";
import { judgeTransaction } from "#shared/consensus/judge-transaction.ts";
import { medianTime } from "#shared/consensus/median-time.ts";
import type { StakeParams } from "#shared/consensus/params.ts";
import { coinstakeOf } from "#shared/consensus/proof-kind.ts";
import { checkBlockLength } from "#shared/consensus/rules/check-block-length.ts";
import { checkBlockWeight } from "#shared/consensus/rules/check-block-weight.ts";
import { checkCoinbaseHeight } from "#shared/consensus/rules/check-coinbase-height.ts";
import { checkCoinbaseTime } from "#shared/consensus/rules/check-coinbase-time.ts";
import { checkEmptyOutputs } from "#shared/consensus/rules/check-empty-outputs.ts";
import { checkFinal } from "#shared/consensus/rules/check-final.ts";
import { checkLegacySigops } from "#shared/consensus/rules/check-legacy-sigops.ts";
import { checkOneCoinbase } from "#shared/consensus/rules/check-one-coinbase.ts";
import { checkStakeBlock } from "#shared/consensus/rules/check-stake-block.ts";
import { checkStakeTime } from "#shared/consensus/rules/check-stake-time.ts";
import { checkTransactionTimes } from "#shared/consensus/rules/check-transaction-times.ts";
import { checkWitnessCommitment } from "#shared/consensus/rules/check-witness-commitment.ts";
import { checkWorkHeight } from "#shared/consensus/rules/check-work-height.ts";
import { atStage, type Verdict, type Violation } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";
import { height } from "#shared/primitives/brand.ts";

/**
 * The verdict on a block by what its parent and its own bytes tell, without any coin.
 *
 * @source EXOSMain.cs RegisterRules (EXOSFullNode e61c2e61); CheckBlock and ContextualCheckBlock,
 *   bitcoin/bitcoin validation.cpp; exos-l1.md 4.4
 */
export function judgePartial(block: Block, env: PartialEnv): Verdict {
  if (env.assumed) return undefined;
  const rules = blockRules(env.parent, env.params);
  const { stake } = env.params;
  const found =
    stake === undefined
      ? checkWorkNetwork(block, env, rules)
      : (checkTimes(block, env, stake) ?? checkStakeNetwork(block, env, rules));
  const isOfBytes = found?.effect === "invalid" && mayBeInnerNodes(block);
  return atStage("partial", isOfBytes ? { ...found, effect: "bytes" } : found);
}

/**
 * Rule 2: heights and times. It reads the first transaction before any rule has asked for one, and
 * the reference throws where there is none: the answer is that of the rule that counts them.
 */
function checkTimes(block: Block, env: PartialEnv, stake: StakeParams): Violation | undefined {
  const { header, transactions } = block;
  const { driftSwitch } = env.params;
  const coinstake = coinstakeOf(block, env.params);
  const workFault =
    coinstake === undefined ? checkWorkHeight(height(env.parent.height + 1), stake) : undefined;
  if (workFault !== undefined) return workFault;
  const [coinbase] = transactions;
  if (coinbase === undefined) return checkBlockLength(block, env.params);
  return (
    (driftSwitch === undefined ? undefined : checkCoinbaseTime(header, coinbase, driftSwitch)) ??
    (coinstake === undefined ? undefined : checkStakeTime(coinstake, header, stake))
  );
}

function checkStakeNetwork(
  block: Block,
  env: PartialEnv,
  rules: BlockRules,
): Violation | undefined {
  const { params } = env;
  const { transactions } = block;
  const isStake = coinstakeOf(block, params) !== undefined;
  return (
    checkContext(block, env, rules) ??
    checkBlockWeight(block, params) ??
    checkBlockLength(block, params) ??
    checkOneCoinbase(block) ??
    firstViolation(transactions, (tx) => judgeTransaction(tx, params)) ??
    firstViolation(transactions, checkEmptyOutputs) ??
    checkLegacySigops(block, params) ??
    (isStake ? checkStakeBlock(block) : undefined) ??
    checkTransactionTimes(block)
  );
}

function checkWorkNetwork(block: Block, env: PartialEnv, rules: BlockRules): Violation | undefined {
  const { params } = env;
  return (
    checkBlockLength(block, params) ??
    checkOneCoinbase(block) ??
    firstViolation(block.transactions, (tx) => judgeTransaction(tx, params)) ??
    checkLegacySigops(block, params) ??
    checkContext(block, env, rules) ??
    checkBlockWeight(block, params)
  );
}

/** Rules 3 to 5, which stand together on both kinds of network. */
function checkContext(
  block: Block,
  { parent }: PartialEnv,
  rules: BlockRules,
): Violation | undefined {
  const at = height(parent.height + 1);
  const cutoff = rules.isMedianTimeCutoff ? medianTime(parent.context) : block.header.time;
  return (
    firstViolation(block.transactions, (tx) => checkFinal(tx, at, cutoff)) ??
    checkCoinbaseHeight(block.transactions[0], at) ??
    checkWitnessCommitment(block, rules.isSegwitActive)
  );
}

import { openBlockCoins } from "#shared/consensus/block-coins.ts";
import { blockRules } from "#shared/consensus/block-rules.ts";
import { hashProof } from "#shared/consensus/hash-proof.ts";
import type { FullEnv, FullJudgement, ScriptJob } from "#shared/consensus/judge-env.ts";
import { judgeSpending, outputSum } from "#shared/consensus/judge-spending.ts";
import { coinstakeOf } from "#shared/consensus/proof-kind.ts";
import { checkColdStake } from "#shared/consensus/rules/check-cold-stake.ts";
import { checkDifficulty } from "#shared/consensus/rules/check-difficulty.ts";
import { checkNoOverwrite } from "#shared/consensus/rules/check-no-overwrite.ts";
import { checkParentIsTip } from "#shared/consensus/rules/check-parent-is-tip.ts";
import { checkParentStake } from "#shared/consensus/rules/check-parent-stake.ts";
import { checkProofOfStake } from "#shared/consensus/rules/check-proof-of-stake.ts";
import { checkStakeReward, checkWorkReward } from "#shared/consensus/rules/check-reward.ts";
import { checkScripts } from "#shared/consensus/rules/check-scripts.ts";
import { checkWorkTarget } from "#shared/consensus/rules/check-work-target.ts";
import { findSpentCoins } from "#shared/consensus/rules/find-spent-coins.ts";
import { sigopCost } from "#shared/consensus/sigop-cost.ts";
import { atStage, type Violation } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";
import { type Amount, amount, height, type UnixSeconds } from "#shared/primitives/brand.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { isCoinbase, isCoinstake } from "#shared/primitives/transaction-shape.ts";

/** What walking through a block's transactions yields. */
interface Walk {
  readonly scripts: readonly ScriptJob[];
  readonly fees: Amount;
  /** What the coinstake spends. */
  readonly staked: readonly Coin[];
}

const NOTHING: Walk = { scripts: [], fees: amount(0n), staked: [] };

/**
 * The verdict on a block by the coins that its parent left, but for its scripts: they come back as
 * jobs, so that threads may run them while the next block is judged. A failure found here stands
 * even where a script would have failed too: scripts come last.
 *
 * @source EXOSMain.cs RegisterRules, PosCoinviewRule.cs (EXOSFullNode e61c2e61); ConnectBlock,
 *   bitcoin/bitcoin validation.cpp; exos-l1.md 4.5
 */
export function judgeFull(block: Block, env: FullEnv): FullJudgement {
  const found = checkPlace(block, env) ?? checkStake(block, env);
  if (found !== undefined) return refuse(found);
  const walked = env.assumed ? { ok: true as const, value: NOTHING } : walk(block, env);
  if (!walked.ok) return refuse(walked.error);
  const { scripts, fees, staked } = walked.value;
  const coinstake = coinstakeOf(block, env.params);
  return {
    ok: true,
    scripts,
    fees,
    hashProof: hashProof(block, env.parent, env.params, kernelTime(coinstake, env)),
    settle: (outcomes) =>
      atStage(
        "full",
        checkScripts(scripts, outcomes) ??
          (coinstake !== undefined && outcomes[0]?.coldStake === true
            ? checkColdStake(coinstake, staked)
            : undefined),
      ),
  };
}

function refuse(found: Violation): FullJudgement {
  return { ok: false, error: { ...found, stage: "full" } };
}

/** Rules 2 to 4. */
function checkPlace(
  block: Block,
  { parent, params, coins, assumed }: FullEnv,
): Violation | undefined {
  const kind = coinstakeOf(block, params) === undefined ? "work" : "stake";
  const proofFault = assumed
    ? undefined
    : ((kind === "work" ? checkWorkTarget(block.header, params) : undefined) ??
      checkDifficulty(block.header, kind, parent, params));
  return (
    proofFault ??
    checkParentIsTip(block.header, parent) ??
    (assumed ? undefined : checkNoOverwrite(block, coins))
  );
}

/** Rule 5a. */
function checkStake(block: Block, env: FullEnv): Violation | undefined {
  const { stake } = env.params;
  const coinstake = coinstakeOf(block, env.params);
  if (stake === undefined || coinstake === undefined) return undefined;
  return (
    checkParentStake(env.parent) ??
    (env.assumed ? undefined : checkProofOfStake(coinstake, block.header, env, stake))
  );
}

/** Rules 5c and 5d: each transaction in order, then what the block mints. */
function walk(block: Block, env: FullEnv): Result<Walk, Violation> {
  const { params, parent } = env;
  const at = height(parent.height + 1);
  const rules = blockRules(parent, params);
  const coins = openBlockCoins(env.coins, at, params);
  const coinstake = coinstakeOf(block, params);
  const scripts: ScriptJob[] = [];
  let staked: readonly Coin[] = [];
  let cost = 0;
  let fees = 0n;
  for (const tx of block.transactions) {
    const spent = findSpentCoins(tx, coins);
    if (!spent.ok) return spent;
    cost += sigopCost(tx, spent.value, rules.flags, params);
    const place = { env, rules, time: block.header.time, sigopCost: cost };
    const found = judgeSpending(tx, spent.value, place);
    if (found !== undefined) return { ok: false, error: found };
    if (!isCoinbase(tx)) scripts.push({ tx, prevouts: spent.value, flags: rules.flags });
    if (tx === coinstake) staked = spent.value;
    if (isPaying(tx, env)) fees += inputSum(spent.value) - outputSum(tx);
    coins.apply(tx);
  }
  const walked = { scripts, fees: amount(fees), staked };
  const found = checkMinting(block, walked, env);
  return found === undefined ? { ok: true, value: walked } : { ok: false, error: found };
}

/** Whether what a transaction spends and does not pay is a fee. */
function isPaying(tx: HashedTransaction, { params }: Pick<FullEnv, "params">): boolean {
  return !isCoinbase(tx) && !(params.stake !== undefined && isCoinstake(tx));
}

/** Rule 5d. */
function checkMinting(
  block: Block,
  { fees, staked }: Walk,
  { parent, params }: Pick<FullEnv, "parent" | "params">,
): Violation | undefined {
  const at = height(parent.height + 1);
  const coinstake = coinstakeOf(block, params);
  if (coinstake === undefined) {
    const minted = block.transactions.slice(0, 1).reduce((sum, tx) => sum + outputSum(tx), 0n);
    return checkWorkReward({ height: at, fees, minted }, params);
  }
  const minted = outputSum(coinstake) - inputSum(staked);
  return checkStakeReward({ height: at, fees, minted }, params);
}

function inputSum(spent: readonly Coin[]): bigint {
  return spent.reduce((sum, { value }) => sum + value, 0n);
}

function kernelTime(
  coinstake: HashedTransaction | undefined,
  { coins }: Pick<FullEnv, "coins">,
): UnixSeconds | undefined {
  const prevout = coinstake?.inputs[0]?.prevout;
  return prevout === undefined ? undefined : coins.coin(prevout)?.time;
}

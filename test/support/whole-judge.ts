import type { ProvenHeader } from "#shared/codec/proven-header.ts";
import { describeHeader } from "#shared/consensus/describe-header.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { JudgeEnv, ScriptJob, ScriptOutcome } from "#shared/consensus/judge-env.ts";
import { judgeFull } from "#shared/consensus/judge-full.ts";
import { judgeBlockHeader, judgeHeader } from "#shared/consensus/judge-header.ts";
import { judgeIntegrity } from "#shared/consensus/judge-integrity.ts";
import { judgePartial } from "#shared/consensus/judge-partial.ts";
import { medianTime } from "#shared/consensus/median-time.ts";
import type { ConsensusParams, Network } from "#shared/consensus/params.ts";
import type { Verdict } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";
import { type UnixSeconds, unixSeconds } from "#shared/primitives/brand.ts";
import { verifyInput } from "#shared/script/verify-input.ts";
import { MemoryCoins } from "./memory-coins.ts";

/** Every stage in order, as for a block from a file: a header that cannot be judged is judged on. */
export function judgeWhole(block: Block, env: JudgeEnv, proven?: ProvenHeader): Verdict {
  const header = proven === undefined ? judgeBlockHeader(block, env) : judgeHeader(proven, env);
  if (header !== undefined && header.effect !== "unknown") return header;
  const early = judgeIntegrity(block, env.params) ?? judgePartial(block, env);
  if (early !== undefined) return early;
  const full = judgeFull(block, env);
  if (!full.ok) return full.error;
  return full.settle(full.scripts.map((job) => runJob(job, env.params)));
}

/** What a verifying worker does. */
export function runJob(job: ScriptJob, { dialect }: ConsensusParams): ScriptOutcome {
  let coldStake = false;
  for (const [index, { value, scriptPubKey }] of job.prevouts.entries()) {
    const { tx, flags } = job;
    const outcome = verifyInput({ tx, index, value, scriptPubKey, flags, dialect });
    coldStake ||= outcome.coldStake;
    if (outcome.error !== undefined) return { error: outcome.error, coldStake };
  }
  return { error: undefined, coldStake };
}

/** One chain, judged block by block over coins in memory. */
export class JudgedChain {
  readonly network: Network;
  readonly records: HeaderRecord[];
  /** Those above genesis. */
  readonly blocks: Block[] = [];
  readonly coins: MemoryCoins;

  constructor(network: Network) {
    this.network = network;
    this.records = [genesisRecord(network)];
    this.coins = new MemoryCoins(network.consensus);
  }

  get tip(): HeaderRecord {
    const tip = this.records.at(-1);
    if (tip === undefined) throw new Error("a chain has a genesis");
    return tip;
  }

  env(now: number): JudgeEnv {
    return {
      parent: this.tip,
      params: this.network.consensus,
      now: unixSeconds(now),
      coins: this.coins,
      checkpoints: "assert",
      assumed: false,
      medianTimeAt: (height): UnixSeconds =>
        medianTime(this.records[height]?.context ?? { times: [] }),
    };
  }

  /** Judge a block and, where it is right, make it the tip. */
  offer(block: Block, now: number, proven?: ProvenHeader): Verdict {
    const env = this.env(now);
    const verdict = judgeWhole(block, env, proven);
    if (verdict === undefined) this.append(block);
    return verdict;
  }

  append(block: Block): void {
    const prevout = block.transactions[1]?.inputs[0]?.prevout;
    const kernel = prevout === undefined ? undefined : this.coins.coin(prevout);
    const record = describeHeader(block, this.tip, this.network.consensus, kernel?.time);
    this.records.push(record);
    this.blocks.push(block);
    this.coins.apply(block, record.height);
  }
}

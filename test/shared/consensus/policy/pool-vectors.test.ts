import { describe, expect, it } from "vitest";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import {
  judgeLoose,
  judgePooled,
  judgeScripts,
  type PoolEnv,
  poolScripts,
} from "#shared/consensus/policy/judge-pool.ts";
import { PoolGraph } from "#shared/consensus/policy/pool-graph.ts";
import { defaultPolicy } from "#shared/consensus/policy/pool-policy.ts";
import { amount, type HashHex, height, unixSeconds } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import { fromHex } from "#shared/primitives/hex.ts";
import type { HashedTransaction, Outpoint } from "#shared/primitives/transaction.ts";
import { loadChain } from "../../../support/chain-file.ts";
import { MemoryCoins } from "../../../support/memory-coins.ts";
import { reportVectors } from "../../../support/vector-report.ts";
import { loadVectors } from "../../../support/vectors.ts";
import { JudgedChain, runJob } from "../../../support/whole-judge.ts";

interface Input {
  readonly outpoint: string;
  readonly unknown?: true;
  readonly pool?: true;
  readonly value: string;
  readonly scriptPubKey: string;
  readonly height?: number;
  readonly time: number;
}

interface Case {
  readonly note: string;
  readonly txid: string;
  readonly now: number;
  readonly tip: number;
  readonly right: readonly string[];
  readonly inputs: readonly Input[];
  readonly rivals?: readonly { readonly txid: string; readonly tx: string }[];
  readonly tx: string;
}

const params = exosRegtest.consensus;
const cases = loadVectors<{ readonly cases: readonly Case[] }>("exos-regtest/pool.json")?.cases;
const raws = loadChain("exos-regtest/chain.dat", 4);
const TIP_MAX = 168;

function transactionOf(hex: string): HashedTransaction {
  const decoded = decodeTransaction(fromHex(hex), params.wire);
  if (!decoded.ok) throw decoded.error;
  return decoded.value;
}

function outpointOf(text: string): Outpoint {
  const [txid = "", index = ""] = text.split(":");
  return { txid: fromHashHex(txid as HashHex), index: Number(index) };
}

function chainOf(count: number): JudgedChain {
  const chain = new JudgedChain(exosRegtest);
  for (const raw of (raws ?? []).slice(0, count)) {
    const decoded = decodeBlock(raw, params.wire);
    if (!decoded.ok) throw decoded.error;
    chain.append(decoded.value);
  }
  return chain;
}

/** One case as it stood: coins of its inputs, its tip, an empty pool. */
function envOf({ now, tip, inputs }: Case, chain: JudgedChain): PoolEnv {
  const parent = chain.records[tip];
  if (parent === undefined) throw new RangeError(`no block at ${tip}`);
  const coins = new MemoryCoins(params);
  for (const input of inputs) {
    if (input.unknown === true) continue;
    coins.add(outpointOf(input.outpoint), {
      value: amount(BigInt(input.value)),
      scriptPubKey: fromHex(input.scriptPubKey),
      // What the pool made counts from the next block.
      height: height(input.height ?? tip + 1),
      time: unixSeconds(input.time),
      kind: "ordinary",
    });
  }
  return {
    params,
    policy: defaultPolicy(exosRegtest),
    parent,
    now: unixSeconds(now),
    graph: new PoolGraph(),
    coins,
    rollingRate: 0n,
    feeRateMax: undefined,
    isPaid: false,
    medianTimeAt: () => parent.header.time,
  };
}

/** The verdict's code; what is accepted is in the pool then. */
function offer(tx: HashedTransaction, env: PoolEnv): string {
  const loose = judgeLoose(tx, env);
  if (loose !== undefined) return loose.code;
  const judged = judgePooled(tx, env);
  if (!judged.ok) return judged.error.code;
  const jobs = poolScripts(tx, judged.value, params);
  const failed = judgeScripts(jobs.map((job) => runJob(job, params)));
  if (failed !== undefined) return failed.code;
  const { fee, size, sigopCost, replaced } = judged.value;
  env.graph.remove(replaced);
  const txid = toHashHex(tx.txid);
  env.graph.add({ txid, tx, fee, size, sigopCost, time: env.now, height: env.parent.height });
  return "accepted";
}

describe.skipIf(cases === undefined || raws === undefined)("pool.json", () => {
  const chain = chainOf(TIP_MAX);

  it("has the cases that were recorded", () => {
    expect(cases?.length).toBe(270);
    reportVectors({ name: "exos-regtest/pool.json", run: cases?.length ?? 0 });
  });

  it.each((cases ?? []).map((row, index) => ({ ...row, index })))("$index $note", (row) => {
    const env = envOf(row, chain);
    for (const rival of row.rivals ?? []) {
      expect(offer(transactionOf(rival.tx), env), `rival ${rival.txid}`).toBe("accepted");
    }
    const tx = transactionOf(row.tx);
    expect(toHashHex(tx.txid)).toBe(row.txid);
    expect(row.right).toContain(offer(tx, env));
  });
});

import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type EmbeddedNode, openNode } from "#services/cli/embedded/open-node.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { usageOf } from "#shared/consensus/policy/pool-graph.ts";
import { height, type UnixSeconds } from "#shared/primitives/brand.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { buildTransaction, output, type Spend, signer } from "../support/block-builder.ts";
import { temporaryFolder } from "../support/test-node.ts";
import { calibrate } from "./calibration.ts";

/** Verifying workers. */
const JOBS = 2;
/** Rounds of the calibration before and after. */
const ROUNDS = 20;
/** Transactions on their way at once, as from a few dozen peers. */
const IN_FLIGHT = 256;
/** Collections after which nothing more goes. */
const COLLECTIONS = 5;
const FANS = 20;
const FEE = 100_000n;
const OWNER = signer(1);

export interface MempoolFigures {
  /** Transactions of one input and two outputs that were accepted, a second. */
  readonly acceptedPerSecond: number;
  readonly calibration: number;
  readonly ratio: number;
  /** Milliseconds for one block's worth of the best packages. */
  readonly templateMs: number;
  /** Bytes that one member takes in the process, and by the pool's own estimate. */
  readonly memberBytes: number;
  readonly estimatedBytes: number;
}

/** How fast a pool on a node's own stores takes payments, every script verified, on both cores. */
export async function benchMempool(count: number): Promise<MempoolFigures> {
  using folder = temporaryFolder();
  const log = createMemoryLog();
  const options = { network: exosRegtest, root: folder.path, log, jobs: JOBS };
  await using node = await openNode(options);
  const stop = new AbortController();
  const running = node.run(stop.signal);
  const transactions = await prepare(node, count);
  const calibration = calibrate();
  for (let round = 0; round < ROUNDS; round++) calibration.round();
  const before = await memorySettled();
  const seconds = await acceptAll(node, transactions);
  const after = await memorySettled();
  for (let round = 0; round < ROUNDS; round++) calibration.round();
  const templateMs = await templateTime(node);
  stop.abort();
  await running;
  const { verificationsPerSecond } = calibration;
  const acceptedPerSecond = count / seconds;
  return {
    acceptedPerSecond,
    calibration: verificationsPerSecond,
    ratio: acceptedPerSecond / verificationsPerSecond,
    templateMs,
    memberBytes: (after - before) / count,
    estimatedBytes: transactions.reduce((sum, tx) => sum + usageOf(tx), 0) / count,
  };
}

async function acceptAll(
  { mempool }: EmbeddedNode,
  transactions: readonly HashedTransaction[],
): Promise<number> {
  const raws = transactions.map(({ raw }) => raw.slice());
  let next = 0;
  const takeTurns = async () => {
    for (let raw = raws[next++]; raw !== undefined; raw = raws[next++]) {
      const verdict = await mempool.accept(raw, { source: "peer" });
      if (verdict.state !== "accepted") throw new RangeError(JSON.stringify(verdict));
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, takeTurns));
  return (performance.now() - started) / 1_000;
}

async function templateTime(node: EmbeddedNode): Promise<number> {
  const { height: at, header } = await node.tip();
  const started = performance.now();
  await node.mempool.template({
    sizeBytesMax: 999_000,
    sigopsMax: 19_600,
    feeRateMin: 1_000n,
    timeMax: header.time,
    height: at + 1,
    lockTimeCutoff: header.time,
    witness: false,
  });
  return performance.now() - started;
}

/** Signed payments, each out of a confirmed coin of its own. */
async function prepare(node: EmbeddedNode, count: number): Promise<HashedTransaction[]> {
  const coinbases = await mine(node, FANS + exosRegtest.consensus.maturityBlocks);
  const each = Math.ceil(count / FANS);
  const fans: HashedTransaction[] = [];
  // The premine lies at height 2: its block's coin is as good as any.
  for (const coin of coinbases.slice(0, FANS)) {
    const fan = pay([coin], each, (await node.tip()).header.time);
    const verdict = await node.mempool.accept(fan.raw.slice(), { source: "local" });
    if (verdict.state !== "accepted") throw new RangeError(JSON.stringify(verdict));
    fans.push(fan);
  }
  await mine(node, 1);
  await node.mempool.follow();
  const { header } = await node.tip();
  return fans
    .flatMap((fan) => fan.outputs.map((_, index) => spendOf(fan, index)))
    .slice(0, count)
    .map((coin) => pay([coin], 2, header.time));
}

async function mine(node: EmbeddedNode, count: number): Promise<Spend[]> {
  const mined = await node.staker.generate(count, OWNER.payToHash);
  if (!mined.ok) throw new RangeError(mined.error.message);
  const coins: Spend[] = [];
  for (const hash of mined.value) {
    const bytes = await node.blocks.get(hash);
    const decoded = decodeBlock(bytes ?? new Uint8Array(0), exosRegtest.consensus.wire);
    if (!decoded.ok) throw decoded.error;
    const [coinbase] = decoded.value.transactions;
    if (coinbase !== undefined) coins.push(spendOf(coinbase, 0));
  }
  return coins;
}

function spendOf(tx: HashedTransaction, index: number): Spend {
  const made = tx.outputs[index];
  if (made === undefined) throw new RangeError(`no output ${index}`);
  const coin = { ...made, time: tx.time, height: height(0), kind: "ordinary" } as const;
  return { outpoint: { txid: tx.txid, index }, coin, by: OWNER };
}

function pay(spends: readonly Spend[], outputs: number, time: UnixSeconds): HashedTransaction {
  const sum = spends.reduce((total, { coin }) => total + coin.value, 0n);
  const each = (sum - FEE * BigInt(outputs)) / BigInt(outputs);
  const parts = {
    time,
    inputs: spends,
    outputs: Array.from({ length: outputs }, () => output(each, OWNER.payToHash)),
  };
  return buildTransaction(parts, exosRegtest.consensus);
}

/** Bytes that live, after collections: what earlier parts of a run left goes over several of them. */
async function memorySettled(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < COLLECTIONS; round++) {
    if (typeof collect === "function") collect();
    await setImmediate();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
  }
  return least;
}

import { createStaker } from "#services/stake/core.ts";
import { createValidator } from "#services/validate/core.ts";
import type { MempoolDeps } from "#services/validate/mempool/deps.ts";
import { createMempool, type MempoolService } from "#services/validate/mempool.ts";
import { readCoins } from "#services/validate/read-coins.ts";
import type { ManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryPool } from "#shared/adapters/embedded/memory-pool.ts";
import { createSeededEntropy } from "#shared/adapters/embedded/seeded-entropy.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Network } from "#shared/consensus/params.ts";
import { defaultPolicy, type PoolPolicy } from "#shared/consensus/policy/pool-policy.ts";
import type { AcceptOptions, PoolVerdict } from "#shared/ports/mempool.ts";
import type { Pool } from "#shared/ports/pool.ts";
import { type HashHex, height, unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction, Outpoint } from "#shared/primitives/transaction.ts";
import { buildTransaction, output, type Spend, type TransactionParts } from "./block-builder.ts";
import { memoryValidator } from "./memory-validator.ts";
import { OWNER } from "./rich-chain.ts";

const NOW = unixSeconds(1_795_000_000);
const FEE = 100_000n;

/** A chain whose coins OWNER holds, and the pool on it, all in memory. */
export interface PoolRig {
  readonly network: Network;
  readonly mempool: MempoolService;
  readonly pool: Pool;
  readonly clock: ManualClock;
  /** What another process would open the same pool with. */
  readonly deps: MempoolDeps;
  /** Ids that were hinted, in order. */
  readonly hinted: readonly HashHex[];
  readonly validator: ReturnType<typeof createValidator>;
  /** Mine blocks that hold what the pool offers. @returns their hashes */
  mine(count: number): Promise<readonly HashHex[]>;
  /** Mine a block of these, whatever the pool offers. */
  mineThese(transactions: readonly HashedTransaction[]): Promise<void>;
  /** The output of the coinbase at a height, ready to be signed. */
  coinbaseAt(at: number): Promise<Spend>;
  /** A payment back to OWNER, dated as the tip. @param change of its parts; its value is left as the fee demands */
  pay(
    spends: readonly Spend[],
    change?: Partial<TransactionParts> & { readonly fee?: bigint; readonly outputCount?: number },
  ): HashedTransaction;
  /** An output of a transaction as the next one spends it. */
  spendOf(tx: HashedTransaction, index?: number): Spend;
  /** Whether an output is a coin at the tip. */
  isUnspent(outpoint: Outpoint): Promise<boolean>;
  accept(tx: HashedTransaction, options?: Partial<AcceptOptions>): Promise<PoolVerdict>;
  /** Forget the body of a block, as pruning does. */
  dropBody(hash: HashHex): Promise<void>;
  /** Another process over the same stores, and the same pool unless one is given. */
  restarted(pool?: Pool, policy?: Partial<PoolPolicy>): MempoolService;
}

export interface RigOptions {
  readonly network?: Network;
  readonly policy?: Partial<PoolPolicy>;
  /** Blocks that are there from the start. */
  readonly blocks?: number;
  readonly pool?: Pool;
  /** What happens once while scripts of the pool are on their way. */
  readonly duringScripts?: (rig: PoolRig) => Promise<unknown>;
}

/** A transaction that spends one output, as far as reading coins for it goes. */
function spenderOf(prevout: Outpoint): HashedTransaction {
  const inputs = [{ prevout, scriptSig: new Uint8Array(0), sequence: 0, witness: [] }];
  return hashTransaction(
    { version: 1, time: unixSeconds(0), inputs, outputs: [], lockTime: 0 },
    exosRegtest.consensus.wire,
  );
}

/** The code of a verdict, or its state where it has none. */
export function codeOf(verdict: PoolVerdict): string {
  return "error" in verdict ? verdict.error.code : verdict.state;
}

export async function createPoolRig(options: RigOptions = {}): Promise<PoolRig> {
  const { network = exosRegtest, blocks = 30, pool = createMemoryPool() } = options;
  const { wire } = network.consensus;
  const deps = memoryValidator(network, NOW);
  const validator = createValidator({
    ...deps,
    connected: async () => void (await validator.connect()),
  });
  const hinted: HashHex[] = [];
  let during = options.duringScripts;
  const scripts: typeof deps.scripts = {
    async verify(jobs) {
      const once = during;
      during = undefined;
      await once?.(rig);
      return deps.scripts.verify(jobs);
    },
  };
  const depsOf = (kept: Pool = pool, changed: Partial<PoolPolicy> = {}): MempoolDeps => ({
    ...deps,
    scripts,
    pool: kept,
    policy: { ...defaultPolicy(network), ...options.policy, ...changed },
    entropy: createSeededEntropy("pool"),
    accepted: { send: async ({ txid }) => void hinted.push(txid) },
  });
  const open = (...kept: Parameters<typeof depsOf>) => createMempool(depsOf(...kept));
  const mempool = open();
  const stakerOf = (offering: MempoolService) =>
    createStaker({
      network,
      clock: deps.clock,
      mempool: offering,
      tip: () => validator.tip(),
      pause: deps.pause,
      async submit(block) {
        const submission = await validator.submit(block);
        if (submission.state === "undecodable") throw new RangeError(submission.reason);
        return submission;
      },
    });
  const staker = stakerOf(mempool);
  let tipTime = NOW;
  const mine = async (count: number) => {
    const mined = await staker.generate(count, OWNER.payToKey);
    if (!mined.ok) throw new RangeError(mined.error.message);
    tipTime = (await validator.tip()).header.time;
    return mined.value;
  };
  const coinbases = (await mine(blocks)).map((hash) => deps.blocks.get(hash));
  const spendOf = (tx: HashedTransaction, index = 0, at = 0): Spend => {
    const made = tx.outputs[index];
    if (made === undefined) throw new RangeError(`no output ${index}`);
    const coin = { ...made, time: tx.time, height: height(at), kind: "ordinary" } as const;
    return { outpoint: { txid: tx.txid, index }, coin, by: OWNER };
  };
  const rig: PoolRig = {
    network,
    mempool,
    pool,
    // `memoryValidator` runs on a manual clock.
    clock: deps.clock as ManualClock,
    hinted,
    validator,
    mine,
    async mineThese(transactions) {
      const other = open(createMemoryPool());
      for (const { raw } of transactions) await other.accept(raw, { source: "local" });
      const mined = await stakerOf(other).generate(1, OWNER.payToKey);
      if (!mined.ok) throw new RangeError(mined.error.message);
      tipTime = (await validator.tip()).header.time;
    },
    async coinbaseAt(at) {
      const decoded = decodeBlock((await coinbases[at - 1]) ?? new Uint8Array(0), wire);
      if (!decoded.ok) throw decoded.error;
      const [coinbase] = decoded.value.transactions;
      if (coinbase === undefined) throw new RangeError("a block without a coinbase");
      return spendOf(coinbase, 0, at);
    },
    pay(spends, { fee = FEE, outputCount = 1, ...change } = {}) {
      const sum = spends.reduce((total, { coin }) => total + coin.value, 0n) - fee;
      const each = sum / BigInt(outputCount);
      const outputs = Array.from({ length: outputCount }, (_, index) =>
        output(index === 0 ? sum - each * BigInt(outputCount - 1) : each, OWNER.payToKey),
      );
      const time = unixSeconds(wire.transactionTime ? tipTime : 0);
      const parts = { time, inputs: spends, outputs, ...change };
      return buildTransaction(parts, network.consensus);
    },
    spendOf,
    async isUnspent(outpoint) {
      const tip = await deps.coins.tip();
      if (tip === undefined) return false;
      const transactions = [spenderOf(outpoint)];
      return (await readCoins({ transactions }, tip, deps.coins)).coin(outpoint) !== undefined;
    },
    accept: (tx, { source = "peer", ...rest } = {}) => mempool.accept(tx.raw, { source, ...rest }),
    async dropBody(hash) {
      const body = await deps.blocks.get(hash);
      if (body !== undefined) await deps.blocks.drop(hash, body);
    },
    restarted: open,
    deps: depsOf(),
  };
  return rig;
}

export const idOf = ({ txid }: HashedTransaction): HashHex => toHashHex(txid);

import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import {
  type MemberFacts,
  PoolGraph,
  type PoolMember,
} from "#shared/consensus/policy/pool-graph.ts";
import { evictionScore, rankForEviction } from "#shared/consensus/policy/rank-for-eviction.ts";
import { rollingRate } from "#shared/consensus/policy/rolling-rate.ts";
import { NO_POOL, type PooledTransaction, type PoolSummary } from "#shared/ports/pool.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { createTurns } from "#shared/ports/turns.ts";
import { amount, type HashHex } from "#shared/primitives/brand.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";
import type { MempoolDeps } from "./deps.ts";

type TableDeps = Pick<MempoolDeps, "pool" | "policy" | "network" | "clock" | "pause">;

/** One transaction that may enter, and what has to leave for it, children before parents. */
export interface Entrance {
  readonly facts: MemberFacts;
  readonly replaced: readonly PoolMember[];
  readonly unbroadcast: boolean;
}

/**
 * A full pool is emptied by this part more than it has to be: ranking the 85,000 members of the
 * default size takes a tenth of a second and more, which is not spent on each newcomer.
 */
const SLACK_SHARE = 200;
/** Tries to write a summary that others write meanwhile: five functions judge at once. */
const TELLS_MAX = 16;

/**
 * The pool as this process sees it, and the one place that writes it to the store: claims first,
 * then the transaction, then what it drove out. Whoever calls a method has the lock.
 */
export class PoolTable {
  readonly #deps: TableDeps;
  #graph = new PoolGraph();
  /** As it was before its members were forgotten, until it is whole again. */
  #before: PoolGraph | undefined;
  /** As it was read or written last. */
  #summary: PoolSummary = NO_POOL;
  /** What of this pool the summary holds. */
  #told = { count: 0, bytes: 0 };
  /** Whether the summary has to say that something is written, of whatever size. */
  #hasWritten = false;
  /** Whether no other process has written since this one read. */
  #isWhole = false;
  #oldest: number = Number.POSITIVE_INFINITY;
  /** Those that were handed in here and that no peer is known to have. */
  readonly unbroadcast = new Set<HashHex>();

  constructor(deps: TableDeps) {
    this.#deps = deps;
  }

  get graph(): PoolGraph {
    return this.#graph;
  }

  /** For who reads without the lock: members that are judged again are there meanwhile. */
  get shown(): PoolGraph {
    return this.#before ?? this.#graph;
  }

  /** Take over what counts in the store in place of every member. @throws StoreFault of the store */
  async load(): Promise<void> {
    this.#summary = await this.#deps.pool.summary();
    // Before what counts is read: who writes meanwhile raises it.
    const counted = await this.#deps.pool.all();
    const turn = createTurns(this.#deps);
    this.reset();
    for (const kept of counted) {
      this.#add(this.#factsOf(kept), kept.unbroadcast);
      await turn();
    }
    this.show();
    this.#told = { count: this.#summary.count, bytes: this.#summary.bytes };
    this.#isWhole = true;
  }

  /** Number of the summary by which this is the whole pool; `undefined` where others wrote since. */
  get rev(): number | undefined {
    return this.#isWhole ? this.#summary.rev : undefined;
  }

  /** Tell the store how much this process has put in and taken out. */
  async note(): Promise<void> {
    const { count, size } = this.#graph;
    const isTold = count === this.#told.count && size === this.#told.bytes;
    if (!isTold || this.#hasWritten) await this.#tell(() => ({}));
  }

  /** @returns who holds a claim that this one needs: another process was faster */
  async enter({ facts, replaced, unbroadcast }: Entrance): Promise<HashHex | undefined> {
    const { pool } = this.#deps;
    const { txid, tx, time } = facts;
    const outpoints = inOrder(tx.inputs.map(({ prevout }) => prevout));
    const replaces = new Set(replaced.map((member) => member.txid));
    for (const [index, outpoint] of outpoints.entries()) {
      const holder = await pool.claim({ outpoint, txid, at: time, replaces });
      if (holder === undefined) continue;
      for (const mine of outpoints.slice(0, index)) await pool.release(mine, txid);
      return holder;
    }
    this.#hasWritten = true;
    await pool.put({ ...recordOf(facts, this.#graph.parentsOf(tx)), unbroadcast });
    await this.leave(replaced);
    this.#add(facts, unbroadcast);
    return undefined;
  }

  /** Take out a member that a block holds, as it holds its parents: its children stay. */
  async leaveMined(member: PoolMember): Promise<void> {
    for (const child of member.children) {
      const parents = [...child.parents].filter((parent) => parent !== member);
      const unbroadcast = this.unbroadcast.has(child.txid);
      await this.#deps.pool.put({ ...recordOf(child, parents), unbroadcast });
    }
    await this.leave([member]);
  }

  /** Take members out. @param members children before parents */
  async leave(members: Iterable<PoolMember>): Promise<void> {
    for (const member of members) {
      const { txid, tx } = member;
      this.#hasWritten = true;
      await this.#deps.pool.remove(txid);
      for (const { prevout } of tx.inputs) await this.#deps.pool.release(prevout, txid);
      this.#graph.remove([member]);
      this.unbroadcast.delete(txid);
    }
  }

  /** Forget a member and what spends from it; the store still has them. */
  forget(txid: HashHex): void {
    const member = this.#graph.get(txid);
    if (member !== undefined) this.#graph.remove(this.#graph.withDescendants([member]));
  }

  /** Take out of the store what is no member. */
  async discard({ txid, inputs }: Pick<PooledTransaction, "txid" | "inputs">): Promise<void> {
    this.#hasWritten = true;
    await this.#deps.pool.remove(txid);
    for (const outpoint of inputs) await this.#deps.pool.release(outpoint, txid);
    this.unbroadcast.delete(txid);
  }

  /** Forget every member, to judge them again; the store still has them. `show` ends it. */
  reset(): readonly PoolMember[] {
    const members = [...this.#graph.members()];
    this.#before ??= this.#graph;
    this.#graph = new PoolGraph();
    this.#oldest = Number.POSITIVE_INFINITY;
    return members;
  }

  /** The pool is whole again. */
  show(): void {
    this.#before = undefined;
  }

  /** Throw out what is too old, then the worst while there is too much. */
  async limit(): Promise<void> {
    await this.#expire();
    const { policy, clock } = this.#deps;
    if (this.#usage() <= policy.usageMax) return;
    const usageMax = policy.usageMax - policy.usageMax / SLACK_SHARE;
    const ranked = rankForEviction(this.#graph);
    let highest = 0n;
    while (this.#usage() > usageMax) {
      const worst = ranked.take()?.member;
      if (worst === undefined) break;
      const { fees, size } = worst.descendants;
      const rate = (fees * 1_000n) / BigInt(size) + policy.relayFeeRate;
      if (rate > highest) highest = rate;
      const leaving = this.#graph.withDescendants([worst]);
      const above = this.#graph.withAncestors(leaving);
      await this.leave(leaving);
      for (const member of leaving) ranked.drop(member);
      for (const member of above) {
        if (ranked.scoreOf(member) !== undefined) ranked.put(member, evictionScore(member));
      }
    }
    await this.#tell(() =>
      highest > this.rate() ? { feeRate: highest, feeTime: clock.now(), sinking: false } : {},
    );
  }

  /** What the pool asks now, base units per 1,000 bytes. */
  rate(): bigint {
    const { policy, clock } = this.#deps;
    return rollingRate(this.#summary, { ...policy, now: clock.now(), usage: this.#usage() });
  }

  /** A block came: what the pool asks may sink. */
  async sink(): Promise<void> {
    const mayStay = ({ feeRate, sinking }: PoolSummary) => feeRate === 0n || sinking;
    if (mayStay(this.#summary)) return;
    const feeTime = this.#deps.clock.now();
    await this.#tell((now) => (mayStay(now) ? {} : { feeTime, sinking: true }));
  }

  /** Memory of the whole pool, of which others may have written a part since this process read it. */
  #usage(): number {
    const { size, usage } = this.#graph;
    return size === 0 ? 0 : usage * Math.max(1, this.#totals().bytes / size);
  }

  /** Of the whole pool: what was read of it, and what has changed here since. */
  #totals(): Pick<PoolSummary, "count" | "bytes"> {
    const { count, size } = this.#graph;
    return {
      count: Math.max(0, this.#summary.count + count - this.#told.count),
      bytes: Math.max(0, this.#summary.bytes + size - this.#told.bytes),
    };
  }

  /** Write the summary, over whatever others make of it. @param change of the rate, by what it is then */
  async #tell(
    change: (now: PoolSummary) => Partial<Pick<PoolSummary, "feeRate" | "feeTime" | "sinking">>,
  ): Promise<void> {
    const { pool } = this.#deps;
    for (let tries = 0; tries < TELLS_MAX; tries++) {
      const { rev, ...known } = this.#summary;
      const next = { ...known, ...this.#totals(), ...change(this.#summary) };
      if (await pool.setSummary(rev, next)) {
        this.#summary = { ...next, rev: rev + 1 };
        this.#told = { count: this.#graph.count, bytes: this.#graph.size };
        this.#hasWritten = false;
        return;
      }
      this.#summary = await pool.summary();
      this.#isWhole = false;
    }
    // Whoever reads the whole pool next puts it right.
  }

  async #expire(): Promise<void> {
    const before = this.#deps.clock.now() - this.#deps.policy.expirySeconds;
    if (this.#oldest >= before) return;
    const old: PoolMember[] = [];
    this.#oldest = Number.POSITIVE_INFINITY;
    for (const member of this.#graph.members()) {
      if (member.time < before) old.push(member);
      else this.#oldest = Math.min(this.#oldest, member.time);
    }
    await this.leave(this.#graph.withDescendants(old));
  }

  #add(facts: MemberFacts, unbroadcast: boolean): void {
    this.#graph.add(facts);
    this.#oldest = Math.min(this.#oldest, facts.time);
    if (unbroadcast) this.unbroadcast.add(facts.txid);
  }

  #factsOf({ raw, ...kept }: PooledTransaction): MemberFacts {
    const decoded = decodeTransaction(raw, this.#deps.network.consensus.wire);
    if (decoded.ok) return { ...kept, tx: decoded.value };
    throw new StoreFault(`The pool holds ${kept.txid}, which is no transaction.`, {
      retryable: false,
      code: "EXOS-E1004",
      cause: decoded.error,
    });
  }
}

/** What the store keeps of a transaction. */
function recordOf(
  { txid, tx, fee, size, sigopCost, time, height }: MemberFacts,
  parents: Iterable<PoolMember>,
): Omit<PooledTransaction, "unbroadcast"> {
  return {
    txid,
    raw: tx.raw,
    fee: amount(fee),
    size,
    sigopCost,
    time,
    height,
    inputs: tx.inputs.map(({ prevout }) => prevout),
    parents: [...parents].map((parent) => parent.txid),
  };
}

/** Two that want the same outputs ask in the same order, so one of them gets them all. */
function inOrder(outpoints: readonly Outpoint[]): Outpoint[] {
  const keyed = outpoints.map((outpoint) => ({ outpoint, key: outpointKey(outpoint) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ outpoint }) => outpoint);
}

import { isFinal } from "#shared/consensus/is-final.ts";
import { type Height, type UnixSeconds, unixSeconds } from "#shared/primitives/brand.ts";
import { minus, type PackageSums, type PoolGraph, type PoolMember, plus } from "./pool-graph.ts";

/** What a block may take of the pool. */
export interface SelectionLimits {
  /** Sum of sizes, exclusive. */
  readonly sizeBytesMax: number;
  /** Sum of sigop costs, exclusive. */
  readonly sigopsMax: number;
  /** Base units per 1,000 bytes, of a transaction with the ancestors that come with it. */
  readonly feeRateMin: bigint;
  /** No transaction is dated later; `undefined` where they carry no time. */
  readonly timeMax: UnixSeconds | undefined;
  /** Of the block, and the time that a lock must lie below. */
  readonly height: Height;
  readonly lockTimeCutoff: UnixSeconds;
  /** Whether transactions with a witness may be taken. */
  readonly witness: boolean;
}

/** Packages that fit nowhere any more before the rest is left. */
const MISSES_MAX = 1_000;
/** How near to full a block is then. */
const NEARLY_FULL_BYTES = 4_000;

/**
 * The best-paying packages that fit into a block: each a transaction with those of its ancestors
 * that were not chosen before it, by the rate of all of them together; parents before children.
 *
 * @source BlockDefinition.cs AddTransactions (EXOSFullNode e61c2e61); BlockAssembler::addPackageTxs,
 *   bitcoin/bitcoin node/miner.cpp; exos-l1.md 8.3
 */
export function selectTransactions(graph: PoolGraph, limits: SelectionLimits): PoolMember[] {
  const queue = new PackageQueue();
  const blocked = blockedBy(graph, limits);
  for (const member of graph.members()) {
    if (!blocked.has(member)) queue.put(member, member.ancestors);
  }
  const chosen = new Set<PoolMember>();
  let taken: PackageSums = { count: 0, size: 0, fees: 0n, sigopCost: 0 };
  for (let misses = 0; misses <= MISSES_MAX; ) {
    const best = queue.take();
    if (best === undefined || isBelow(best.sums, limits.feeRateMin)) break;
    const all = plus(taken, best.sums);
    if (all.size >= limits.sizeBytesMax || all.sigopCost >= limits.sigopsMax) {
      if (taken.size + NEARLY_FULL_BYTES > limits.sizeBytesMax) misses++;
      continue;
    }
    taken = all;
    misses = 0;
    for (const member of graph.withAncestors([best.member])) {
      if (chosen.has(member)) continue;
      chosen.add(member);
      queue.drop(member);
      for (const other of graph.withDescendants([member])) queue.lessen(other, member);
    }
  }
  return [...chosen];
}

function isBelow({ fees, size }: PackageSums, rate: bigint): boolean {
  return fees * 1_000n < rate * BigInt(size);
}

/** Members that no such block may hold, with what depends on them. */
function blockedBy(graph: PoolGraph, limits: SelectionLimits): ReadonlySet<PoolMember> {
  const { timeMax = unixSeconds(0xffff_ffff), height, lockTimeCutoff, witness } = limits;
  const bad: PoolMember[] = [];
  for (const member of graph.members()) {
    const { tx } = member;
    const isBad =
      tx.time > timeMax ||
      (!witness && tx.sizeTotal !== tx.sizeStripped) ||
      !isFinal(tx, height, lockTimeCutoff);
    if (isBad) bad.push(member);
  }
  return new Set(graph.withDescendants(bad));
}

interface Package {
  readonly member: PoolMember;
  /** Of the member and its ancestors that are not chosen yet. */
  readonly sums: PackageSums;
}

/** Packages, the best rate first: a heap whose stale entries are passed over when they come up. */
class PackageQueue {
  readonly #heap: Package[] = [];
  readonly #current = new Map<PoolMember, PackageSums>();

  put(member: PoolMember, sums: PackageSums): void {
    this.#current.set(member, sums);
    const heap = this.#heap;
    let at = heap.push({ member, sums }) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isBetter(at, above)) break;
      this.#swap(at, above);
      at = above;
    }
  }

  drop(member: PoolMember): void {
    this.#current.delete(member);
  }

  /** One of the member's ancestors was chosen. */
  lessen(member: PoolMember, ancestor: PoolMember): void {
    const sums = this.#current.get(member);
    if (sums === undefined) return;
    const { size, fee, sigopCost } = ancestor;
    this.put(member, minus(sums, { count: 1, size, fees: fee, sigopCost }));
  }

  take(): Package | undefined {
    for (;;) {
      const best = this.#pop();
      if (best === undefined) return undefined;
      if (this.#current.get(best.member) !== best.sums) continue;
      this.#current.delete(best.member);
      return best;
    }
  }

  #pop(): Package | undefined {
    const heap = this.#heap;
    const [best] = heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return best;
    heap[0] = last;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const right = left + 1;
      let next = at;
      if (left < heap.length && this.#isBetter(left, next)) next = left;
      if (right < heap.length && this.#isBetter(right, next)) next = right;
      if (next === at) return best;
      this.#swap(at, next);
      at = next;
    }
  }

  #isBetter(a: number, b: number): boolean {
    const [one, two] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || two === undefined) return false;
    const left = one.sums.fees * BigInt(two.sums.size);
    const right = two.sums.fees * BigInt(one.sums.size);
    if (left !== right) return left > right;
    return one.member.txid < two.member.txid;
  }

  #swap(a: number, b: number): void {
    const [one, two] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || two === undefined) return;
    this.#heap[a] = two;
    this.#heap[b] = one;
  }
}

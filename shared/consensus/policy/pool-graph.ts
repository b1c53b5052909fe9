import type { HashHex, Height, UnixSeconds } from "#shared/primitives/brand.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { HashedTransaction, Outpoint } from "#shared/primitives/transaction.ts";

/** What a transaction brings into the pool. */
export interface MemberFacts {
  readonly txid: HashHex;
  readonly tx: HashedTransaction;
  readonly fee: bigint;
  /** What fees are paid for (`transactionSize`). */
  readonly size: number;
  readonly sigopCost: number;
  /** When it entered. */
  readonly time: UnixSeconds;
  /** Of the tip when it entered. */
  readonly height: number;
}

/** Sums over a transaction and those it depends on, or those that depend on it. */
export interface PackageSums {
  readonly count: number;
  readonly size: number;
  readonly fees: bigint;
  readonly sigopCost: number;
}

/** A transaction among the others. The sets and sums change with the pool. */
export interface PoolMember extends MemberFacts {
  readonly parents: ReadonlySet<PoolMember>;
  readonly children: ReadonlySet<PoolMember>;
  readonly ancestors: PackageSums;
  readonly descendants: PackageSums;
}

interface Member extends PoolMember {
  readonly parents: Set<Member>;
  readonly children: Set<Member>;
  ancestors: PackageSums;
  descendants: PackageSums;
}

const OP_RETURN = 0x6a;

/**
 * Bytes that V8 takes for a decoded transaction, its entry and its links, beside the bytes it came
 * in, which pool and store hold each; measured by `npm run bench -- mempool`.
 */
const MEMBER_BYTES = 1_900;
const INPUT_BYTES = 650;
const OUTPUT_BYTES = 250;

/** Who in the pool spends from whom, with the sums that limits and selections ask for. */
export class PoolGraph {
  readonly #members = new Map<HashHex, Member>();
  readonly #spenders = new Map<string, Member>();
  #size = 0;
  #usage = 0;
  #fees = 0n;

  get count(): number {
    return this.#members.size;
  }

  /** Sum of sizes. */
  get size(): number {
    return this.#size;
  }

  /** Memory that the members take, in bytes: an estimate. */
  get usage(): number {
    return this.#usage;
  }

  get fees(): bigint {
    return this.#fees;
  }

  /** In the order they entered: parents before children. */
  members(): Iterable<PoolMember> {
    return this.#members.values();
  }

  get(txid: HashHex): PoolMember | undefined {
    return this.#members.get(txid);
  }

  spenderOf(outpoint: Outpoint): PoolMember | undefined {
    return this.#spenders.get(outpointKey(outpoint));
  }

  /**
   * An output of a member as a coin that the next block would make, spent by another member or not.
   * @param height of the next block
   */
  coin({ txid, index }: Outpoint, height: Height): Coin | undefined {
    const made = this.#members.get(toHashHex(txid))?.tx;
    const output = made?.outputs[index];
    if (made === undefined || output === undefined) return undefined;
    // No block makes a coin of these.
    if (output.scriptPubKey[0] === OP_RETURN) return undefined;
    return { ...output, time: made.time, height, kind: "ordinary" };
  }

  /** Members whose outputs a transaction spends. */
  parentsOf({ inputs }: Pick<HashedTransaction, "inputs">): Set<PoolMember> {
    return this.#parentsOf(inputs);
  }

  /** Take in a transaction that conflicts with no member and of which no member spends. */
  add(facts: MemberFacts): PoolMember {
    const parents = this.#parentsOf(facts.tx.inputs);
    const above = closure(parents, "parents");
    const own = sumsOf(facts);
    const member: Member = {
      ...facts,
      parents,
      children: new Set(),
      ancestors: [...above].reduce((sums, other) => plus(sums, sumsOf(other)), own),
      descendants: own,
    };
    for (const parent of parents) parent.children.add(member);
    for (const other of above) other.descendants = plus(other.descendants, own);
    for (const { prevout } of facts.tx.inputs) this.#spenders.set(outpointKey(prevout), member);
    this.#members.set(facts.txid, member);
    this.#count(member, 1);
    return member;
  }

  /**
   * Take members out. One that leaves alone leaves its children without it: it was mined, and its
   * parents before it.
   */
  remove(members: Iterable<PoolMember>): void {
    for (const { txid } of members) {
      const member = this.#members.get(txid);
      if (member !== undefined) this.#unlink(member);
    }
  }

  /** Everything that depends on these, and they themselves; children before parents. */
  withDescendants(members: Iterable<PoolMember>): PoolMember[] {
    const found = new Set(members);
    for (const member of found) for (const child of member.children) found.add(child);
    return [...found].sort((a, b) => b.ancestors.count - a.ancestors.count);
  }

  /** Everything that these depend on, and they themselves; parents before children. */
  withAncestors(members: Iterable<PoolMember>): PoolMember[] {
    const found = new Set(members);
    for (const member of found) for (const parent of member.parents) found.add(parent);
    return [...found].sort((a, b) => a.ancestors.count - b.ancestors.count);
  }

  #parentsOf(inputs: HashedTransaction["inputs"]): Set<Member> {
    const parents = new Set<Member>();
    for (const { prevout } of inputs) {
      const parent = this.#members.get(toHashHex(prevout.txid));
      if (parent !== undefined) parents.add(parent);
    }
    return parents;
  }

  #unlink(member: Member): void {
    const own = sumsOf(member);
    const above = closure(member.parents, "parents");
    const below = closure(member.children, "children");
    for (const other of above) other.descendants = minus(other.descendants, own);
    for (const other of below) other.ancestors = minus(other.ancestors, own);
    for (const parent of member.parents) parent.children.delete(member);
    for (const child of member.children) child.parents.delete(member);
    for (const { prevout } of member.tx.inputs) this.#spenders.delete(outpointKey(prevout));
    this.#members.delete(member.txid);
    this.#count(member, -1);
  }

  #count(member: Member, by: 1 | -1): void {
    this.#size += by * member.size;
    this.#usage += by * usageOf(member.tx);
    this.#fees += BigInt(by) * member.fee;
  }
}

/** Memory that a transaction takes in the pool, in bytes. */
export function usageOf({
  raw,
  inputs,
  outputs,
}: Pick<HashedTransaction, "raw" | "inputs" | "outputs">): number {
  return (
    MEMBER_BYTES + 2 * raw.length + INPUT_BYTES * inputs.length + OUTPUT_BYTES * outputs.length
  );
}

/** These, and all that is reached from them. */
function closure(start: Iterable<Member>, direction: "parents" | "children"): Set<Member> {
  const found = new Set(start);
  for (const member of found) for (const next of member[direction]) found.add(next);
  return found;
}

function sumsOf({ size, fee, sigopCost }: MemberFacts): PackageSums {
  return { count: 1, size, fees: fee, sigopCost };
}

/** The sums of both. */
export function plus(a: PackageSums, b: PackageSums): PackageSums {
  return {
    count: a.count + b.count,
    size: a.size + b.size,
    fees: a.fees + b.fees,
    sigopCost: a.sigopCost + b.sigopCost,
  };
}

/** The first without the second. */
export function minus(a: PackageSums, b: PackageSums): PackageSums {
  return {
    count: a.count - b.count,
    size: a.size - b.size,
    fees: a.fees - b.fees,
    sigopCost: a.sigopCost - b.sigopCost,
  };
}

import type { PoolMember } from "./pool-graph.ts";

/** A member with what it is ranked by. */
export interface Ranked<Score> {
  readonly member: PoolMember;
  readonly score: Score;
}

/**
 * Members, the first by some rank on top: a heap. A score that changes is put again, and the old
 * entry is passed over when it comes up.
 */
export class RankedMembers<Score extends object> {
  readonly #heap: Ranked<Score>[] = [];
  readonly #current = new Map<PoolMember, Score>();
  readonly #isBefore: (one: Ranked<Score>, two: Ranked<Score>) => boolean;

  constructor(isBefore: (one: Ranked<Score>, two: Ranked<Score>) => boolean) {
    this.#isBefore = isBefore;
  }

  /** The score of a member that was neither taken nor dropped. */
  scoreOf(member: PoolMember): Score | undefined {
    return this.#current.get(member);
  }

  put(member: PoolMember, score: Score): void {
    this.#current.set(member, score);
    const heap = this.#heap;
    let at = heap.push({ member, score }) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isFirst(at, above)) break;
      this.#swap(at, above);
      at = above;
    }
  }

  drop(member: PoolMember): void {
    this.#current.delete(member);
  }

  /** Take out the first. @returns `undefined` when nothing is left */
  take(): Ranked<Score> | undefined {
    for (let first = this.#pop(); first !== undefined; first = this.#pop()) {
      if (this.#current.get(first.member) !== first.score) continue;
      this.#current.delete(first.member);
      return first;
    }
    return undefined;
  }

  #pop(): Ranked<Score> | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const right = left + 1;
      let next = at;
      if (this.#isFirst(left, next)) next = left;
      if (this.#isFirst(right, next)) next = right;
      if (next === at) return first;
      this.#swap(at, next);
      at = next;
    }
  }

  /** Whether both are there and the one at `a` goes first. */
  #isFirst(a: number, b: number): boolean {
    const [one, two] = [this.#heap[a], this.#heap[b]];
    return one !== undefined && two !== undefined && this.#isBefore(one, two);
  }

  #swap(a: number, b: number): void {
    const [one, two] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || two === undefined) return;
    this.#heap[a] = two;
    this.#heap[b] = one;
  }
}

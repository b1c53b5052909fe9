import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { HashHex, Height } from "#shared/primitives/brand.ts";

/**
 * A header that peers announced and whose block is not stored. It lives in memory alone: nothing is
 * written before its block proved it.
 */
export interface Ahead {
  readonly hash: HashHex;
  readonly height: Height;
  readonly prev: HashHex;
  /** Of the whole chain up to it, as its ancestors claim theirs. */
  readonly work: bigint;
  /**
   * What its children are judged by; proof kinds and modifiers in it are claims. Dropped where a
   * chain has grown far above it.
   */
  record: HeaderRecord | undefined;
  /** Its block is stored by now. */
  stored: boolean;
  /** Chains that it is part of. */
  holders: number;
}

/** Where a chain ends. */
export interface ChainEnd {
  readonly hash: HashHex;
  readonly height: Height;
  readonly work: bigint;
}

/** Headers below the end of a chain that children may still be judged on. */
const RECORDS_MAX = 2_500;

/** Every header that some peer's chain has and we have not, each once. */
export class HeaderPool {
  readonly #byHash = new Map<HashHex, Ahead>();

  get size(): number {
    return this.#byHash.size;
  }

  get(hash: HashHex): Ahead | undefined {
    return this.#byHash.get(hash);
  }

  hold(ahead: Ahead): void {
    ahead.holders++;
    this.#byHash.set(ahead.hash, ahead);
  }

  release(ahead: Ahead): void {
    if (--ahead.holders <= 0) this.#byHash.delete(ahead.hash);
  }
}

/** The chain that one peer claims, from the first block that we lack. */
export class ClaimedChain {
  readonly #pool: HeaderPool;
  #items: Ahead[] = [];
  #end: ChainEnd | undefined;

  constructor(pool: HeaderPool) {
    this.#pool = pool;
  }

  /** What we lack of it, in order; each is the parent of the next. */
  get items(): readonly Ahead[] {
    return this.#items;
  }

  /** `undefined`: nothing is known of it. */
  get end(): ChainEnd | undefined {
    return this.#end;
  }

  get last(): Ahead | undefined {
    return this.#items.at(-1);
  }

  /** The item at a height; `undefined` where the chain is ours or ended. */
  at(height: number): Ahead | undefined {
    const [first] = this.#items;
    return first === undefined ? undefined : this.#items[height - first.height];
  }

  has(ahead: Ahead): boolean {
    return this.at(ahead.height) === ahead;
  }

  /** Ends in a block that is stored. */
  endAt(end: ChainEnd): void {
    this.clear();
    this.#end = { hash: end.hash, height: end.height, work: end.work };
  }

  /**
   * Ends in this header. What it shares with the chain before is kept.
   *
   * @returns whether its ancestors lead to a stored block
   */
  follow(last: Ahead): boolean {
    if (this.has(last)) {
      this.#cut(last.height + 1);
      return true;
    }
    const added: Ahead[] = [];
    let at: Ahead | undefined = last;
    while (at !== undefined && !at.stored && !this.has(at)) {
      added.push(at);
      at = this.#pool.get(at.prev);
    }
    added.reverse();
    const [lowest] = added;
    if (lowest === undefined) return false;
    for (const ahead of added) this.#pool.hold(ahead);
    this.#cut(at !== undefined && this.has(at) ? lowest.height : 0);
    this.#items.push(...added);
    this.#end = last;
    return true;
  }

  /** One more header on top of the last, or on a stored block where there is none. */
  grow(ahead: Ahead): void {
    this.#pool.hold(ahead);
    this.#items.push(ahead);
    this.#end = ahead;
    const old = this.#items[this.#items.length - RECORDS_MAX];
    if (old !== undefined) old.record = undefined;
  }

  /** Forget what became part of our chain meanwhile, from below. */
  trim(isOurs: (ahead: Ahead) => boolean): void {
    const other = this.#items.findIndex((ahead) => !ahead.stored || !isOurs(ahead));
    const count = other === -1 ? this.#items.length : other;
    for (const ahead of this.#items.splice(0, count)) this.#pool.release(ahead);
  }

  /** It ends before this header now, which leads nowhere. */
  cutBefore(ahead: Ahead): void {
    if (!this.has(ahead)) return;
    this.#cut(ahead.height);
  }

  /** Nothing is known of it any more. */
  clear(): void {
    this.#cut(0);
    this.#end = undefined;
  }

  #cut(from: number): void {
    const [first] = this.#items;
    const keep = first === undefined ? 0 : Math.max(0, from - first.height);
    for (const ahead of this.#items.splice(keep)) this.#pool.release(ahead);
    this.#end = this.#items.at(-1);
  }
}

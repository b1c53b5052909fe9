import type { Entropy } from "#shared/ports/entropy.ts";
import type { HashHex, UnixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";

/** @source MempoolOrphans.cs (EXOSFullNode e61c2e61); exos-l1.md 6.3 */
const SIZE_MAX = 99_999;
const LIFE_SECONDS = 20 * 60;

interface Orphan {
  readonly tx: HashedTransaction;
  readonly until: UnixSeconds;
}

/** Transactions whose parents are not known yet. They are never announced and never asked for. */
export class Orphans {
  readonly #orphans = new Map<HashHex, Orphan>();
  readonly #countMax: number;
  readonly #entropy: Entropy;

  constructor(options: { readonly countMax: number; readonly entropy: Entropy }) {
    this.#countMax = options.countMax;
    this.#entropy = options.entropy;
  }

  get count(): number {
    return this.#orphans.size;
  }

  has(txid: HashHex): boolean {
    return this.#orphans.has(txid);
  }

  /** Keep one unless it is too large. Where there are too many, any of them gives way. */
  add(tx: HashedTransaction, now: UnixSeconds): void {
    if (tx.sizeTotal > SIZE_MAX || this.#countMax === 0) return;
    // The sum of seconds is a time.
    this.#orphans.set(toHashHex(tx.txid), { tx, until: (now + LIFE_SECONDS) as UnixSeconds });
    while (this.#orphans.size > this.#countMax) {
      const [high = 0, low = 0] = this.#entropy.bytes(2);
      const index = (high * 256 + low) % this.#orphans.size;
      const drawn = [...this.#orphans.keys()][index];
      if (drawn !== undefined) this.#orphans.delete(drawn);
    }
  }

  remove(txid: HashHex): void {
    this.#orphans.delete(txid);
  }

  /** Those that spend from one of these transactions. */
  waitingFor(parents: ReadonlySet<HashHex>): HashedTransaction[] {
    const found: HashedTransaction[] = [];
    for (const { tx } of this.#orphans.values()) {
      if (tx.inputs.some(({ prevout }) => parents.has(toHashHex(prevout.txid)))) found.push(tx);
    }
    return found;
  }

  /** Forget those whose time is over. */
  expire(now: UnixSeconds): void {
    for (const [txid, { until }] of this.#orphans) if (until <= now) this.#orphans.delete(txid);
  }
}

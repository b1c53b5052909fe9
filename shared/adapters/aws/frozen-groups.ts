import type { HashHex } from "#shared/primitives/brand.ts";
import type { DynamoItem } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { decodeFrozenItem, frozenKey } from "./dynamo-tip.ts";

/** Groups that are remembered: 8 KB each. */
const GROUPS_MAX = 1_024;

/** Groups that are asked for before the first of them is sent for. */
interface Asking {
  readonly groups: Set<number>;
  readonly answer: Promise<ReadonlyMap<number, readonly HashHex[]>>;
}

/**
 * Frozen groups as they were read: once there, a group never changes, so it is kept; one that is
 * not there yet is asked for every time. Those that are asked for at once are read together, 100 a
 * request: who looks far back needs thousands. A chain that was filled anew counts its tips from 1
 * again, and then nothing is kept of the one before.
 *
 * @source cloud.md 3.4, 5.4 `--refill`
 */
export class FrozenGroups {
  readonly #chain: Pick<DynamoTable, "get" | "getMany">;
  readonly #known = new Map<number, readonly HashHex[]>();
  #asking: Asking | undefined;
  #rev = 0;

  constructor(chain: Pick<DynamoTable, "get" | "getMany">) {
    this.#chain = chain;
  }

  /** Note the number of a tip that was read; 0 where there was none. */
  saw(rev: number): void {
    if (rev < this.#rev) this.#known.clear();
    this.#rev = rev;
  }

  async get(group: number): Promise<readonly HashHex[] | undefined> {
    const known = this.#known.get(group);
    if (known !== undefined) return known;
    this.#asking ??= this.#begin();
    this.#asking.groups.add(group);
    return (await this.#asking.answer).get(group);
  }

  /** Sent for as soon as whoever asks now has asked for all that it wants. */
  #begin(): Asking {
    const groups = new Set<number>();
    const answer = Promise.resolve().then(() => {
      this.#asking = undefined;
      return this.#read([...groups]);
    });
    return { groups, answer };
  }

  async #read(groups: readonly number[]): Promise<ReadonlyMap<number, readonly HashHex[]>> {
    const read = new Map<number, readonly HashHex[]>();
    for (const [at, item] of (await this.#items(groups.map(frozenKey))).entries()) {
      const group = groups[at];
      if (item === undefined || group === undefined) continue;
      const hashes = decodeFrozenItem(item);
      read.set(group, hashes);
      this.#keep(group, hashes);
    }
    return read;
  }

  async #items(keys: readonly DynamoItem[]): Promise<readonly (DynamoItem | undefined)[]> {
    const [first] = keys;
    if (first !== undefined && keys.length === 1) return [await this.#chain.get(first)];
    return this.#chain.getMany(keys);
  }

  #keep(group: number, hashes: readonly HashHex[]): void {
    const [oldest] = this.#known.keys();
    if (oldest !== undefined && this.#known.size >= GROUPS_MAX) this.#known.delete(oldest);
    this.#known.set(group, hashes);
  }
}

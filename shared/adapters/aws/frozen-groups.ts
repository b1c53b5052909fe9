import type { Tip } from "#shared/coins/tip.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { DynamoItem } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { decodeFrozenItem, frozenKey } from "./dynamo-tip.ts";

/** Groups that are remembered: 8 KB each. */
const GROUPS_MAX = 1_024;

type Groups = Map<number, readonly HashHex[]>;
type Seen = Pick<Tip, "rev" | "gen">;
/** Before the first tip. */
const NONE: Seen = { rev: 0, gen: 0 };

/** Groups that are asked for before the first of them is sent for. */
interface Asking {
  readonly groups: Set<number>;
  readonly answer: Promise<ReadonlyMap<number, readonly HashHex[]>>;
}

/**
 * Frozen groups as they were read: once there, a group never changes, so it is kept; one that is
 * not there yet is asked for every time. Those that are asked for at once are read together, 100 a
 * request: who looks far back needs thousands. A chain that was filled anew has coins of another
 * generation, and then nothing is kept of the one before, nor of what was asked for under it.
 *
 * @source cloud.md 3.4, 5.4 `--refill`
 */
export class FrozenGroups {
  readonly #chain: Pick<DynamoTable, "get" | "getMany">;
  #known: Groups = new Map();
  #asking: Asking | undefined;
  #seen = NONE;

  constructor(chain: Pick<DynamoTable, "get" | "getMany">) {
    this.#chain = chain;
  }

  /** Note a tip that was read, or that there was none. */
  saw({ rev, gen }: Seen = NONE): void {
    if (rev < this.#seen.rev || gen !== this.#seen.gen) this.#known = new Map();
    this.#seen = { rev, gen };
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
    // What is asked for now may come when another chain was seen.
    const known = this.#known;
    for (const [at, item] of (await this.#items(groups.map(frozenKey))).entries()) {
      const group = groups[at];
      if (item === undefined || group === undefined) continue;
      const hashes = decodeFrozenItem(item);
      read.set(group, hashes);
      keep(group, hashes, known);
    }
    return read;
  }

  async #items(keys: readonly DynamoItem[]): Promise<readonly (DynamoItem | undefined)[]> {
    const [first] = keys;
    if (first !== undefined && keys.length === 1) return [await this.#chain.get(first)];
    return this.#chain.getMany(keys);
  }
}

function keep(group: number, hashes: readonly HashHex[], known: Groups): void {
  const [oldest] = known.keys();
  if (oldest !== undefined && known.size >= GROUPS_MAX) known.delete(oldest);
  known.set(group, hashes);
}

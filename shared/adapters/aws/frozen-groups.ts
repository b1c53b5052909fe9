import type { HashHex } from "#shared/primitives/brand.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { decodeFrozenItem, frozenKey } from "./dynamo-tip.ts";

/** Groups that are remembered: 8 KB each. */
const GROUPS_MAX = 1_024;

/**
 * Frozen groups as they were read: once there, a group never changes, so it is kept; one that is
 * not there yet is asked for every time. A chain that was filled anew counts its tips from 1 again,
 * and then nothing is kept of the one before.
 *
 * @source cloud.md 3.4, 5.4 `--refill`
 */
export class FrozenGroups {
  readonly #chain: Pick<DynamoTable, "get">;
  readonly #known = new Map<number, readonly HashHex[]>();
  #rev = 0;

  constructor(chain: Pick<DynamoTable, "get">) {
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
    const item = await this.#chain.get(frozenKey(group));
    if (item === undefined) return undefined;
    const hashes = decodeFrozenItem(item);
    const [oldest] = this.#known.keys();
    if (oldest !== undefined && this.#known.size >= GROUPS_MAX) this.#known.delete(oldest);
    this.#known.set(group, hashes);
    return hashes;
  }
}

import type { HashHex } from "#shared/primitives/brand.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { ChainFileRecord } from "./chain-file.ts";

/** Blocks that may wait for their parent, and bytes of them. */
const PARKED_BLOCKS_MAX = 1_024;
const PARKED_BYTES_MAX = 64 * 1024 * 1024;

/** Blocks of a file that came before their parents, within a bounded window. */
export class ParkedBlocks {
  readonly #byParent = new Map<HashHex, ChainFileRecord[]>();
  #blocks = 0;
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#blocks === 0;
  }

  /** @returns why there is no room for it */
  add(record: ChainFileRecord, prev: HashHex): Refusal | undefined {
    if (this.#blocks >= PARKED_BLOCKS_MAX || this.#bytes + record.block.length > PARKED_BYTES_MAX) {
      return this.describeFirst();
    }
    // A copy: the slice that the record is a view of should not be kept for one block.
    const siblings = this.#byParent.get(prev) ?? [];
    this.#byParent.set(prev, [...siblings, { ...record, block: record.block.slice() }]);
    this.#blocks++;
    this.#bytes += record.block.length;
    return undefined;
  }

  /** One block that waits for this parent. */
  takeChild(parent: HashHex): ChainFileRecord | undefined {
    const siblings = this.#byParent.get(parent);
    const child = siblings?.shift();
    if (child === undefined) return undefined;
    if (siblings?.length === 0) this.#byParent.delete(parent);
    this.#blocks--;
    this.#bytes -= child.block.length;
    return child;
  }

  /** The block that has waited longest, as a refusal; `undefined` when none waits. */
  describeFirst(): Refusal | undefined {
    for (const [prev, [first]] of this.#byParent) {
      if (first === undefined) continue;
      const { file, offset } = first;
      const message = `The block at offset ${offset} of ${file} follows ${prev}, which did not come within ${PARKED_BLOCKS_MAX} blocks.`;
      return refusal("EXOS-E2007", message, { file, offset, prev, limit: PARKED_BLOCKS_MAX }).error;
    }
    return undefined;
  }
}

import { addMarks, type CoinItem, type ItemMarks } from "#shared/coins/coin-item.ts";
import type { CoinKey } from "#shared/coins/coin-key.ts";
import type { Overlay } from "./read-coins.ts";

/** Blocks whose marks may be on their way at once; the next one waits for the first of them. */
const BLOCKS_MAX = 4;

interface Sent {
  readonly marks: ReadonlyMap<CoinKey, ItemMarks>;
  readonly applied: Promise<void>;
  /** Resolves when the answer is there, and never rejects. */
  readonly done: Promise<void>;
}

/**
 * Marks that were sent to a shared table and not acknowledged: later blocks of the branch are judged
 * with them, wherever the table is.
 *
 * @source cloud.md 4.2 `V + b`
 */
export class PendingMarks {
  readonly #sent = new Set<Sent>();

  /** @returns `applied`, which may reject: whoever awaits it is told */
  add(marks: readonly ItemMarks[], applied: Promise<void>): Promise<void> {
    const byKey = new Map(marks.map((one) => [one.key, one]));
    const done = applied.then(
      () => void this.#sent.delete(sent),
      // Marks that failed stay: without them a later block would be refused for lack of its coins.
      () => undefined,
    );
    const sent: Sent = { marks: byKey, applied, done };
    this.#sent.add(sent);
    return applied;
  }

  /** Resolves when one more block may be sent. @throws StoreFault when one was not taken */
  async room(): Promise<void> {
    while (this.#sent.size >= BLOCKS_MAX) {
      const [first] = this.#sent;
      await first?.applied;
      await first?.done;
    }
  }

  /** Wait until nothing is on its way, whatever became of it. */
  async rest(): Promise<void> {
    await Promise.all([...this.#sent].map(({ done }) => done));
  }

  /** What the table may not show yet, as of now; `undefined` when it shows everything. */
  get overlay(): Overlay | undefined {
    if (this.#sent.size === 0) return undefined;
    const blocks = [...this.#sent].map(({ marks }) => marks);
    return {
      get(key) {
        let item: CoinItem | undefined;
        for (const marks of blocks) {
          const own = marks.get(key);
          if (own !== undefined) item = addMarks(item, own);
        }
        return item;
      },
      *keys() {
        for (const marks of blocks) yield* marks.keys();
      },
    };
  }
}

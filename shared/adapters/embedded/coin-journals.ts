import { COIN_KEY_BYTES, type CoinKey, decodeCoinKey } from "#shared/coins/coin-key.ts";
import type { CoinBatch, JournalName, LevelCoinTables } from "./level-coin-tables.ts";
import { JOURNALS, journalKey, journalNameOf } from "./level-coin-tables.ts";

/** Which items a block touched: asked when it leaves the chain, and when it becomes final. */
export interface Journal extends JournalName {
  /** `undefined` while they lie on disk only. */
  readonly keys: JournalKeys | undefined;
}

/** Items that the block spends in, and those where it only makes outputs. */
export interface JournalKeys {
  readonly spent: readonly CoinKey[];
  readonly made: readonly CoinKey[];
}

const COUNT_BYTES = 4;

function encodeKeys({ spent, made }: JournalKeys): Uint8Array {
  const count = spent.length + made.length;
  const bytes = new Uint8Array(COUNT_BYTES + COIN_KEY_BYTES * count);
  new DataView(bytes.buffer).setUint32(0, spent.length, true);
  let at = COUNT_BYTES;
  for (const keys of [spent, made]) {
    for (const key of keys) {
      for (let unit = 0; unit < COIN_KEY_BYTES; unit++) bytes[at++] = key.charCodeAt(unit);
    }
  }
  return bytes;
}

function decodeKeys(bytes: Uint8Array): JournalKeys {
  const spent: CoinKey[] = [];
  const made: CoinKey[] = [];
  const spentCount = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  for (let at = COUNT_BYTES; at < bytes.length; at += COIN_KEY_BYTES) {
    const key = decodeCoinKey(bytes.subarray(at, at + COIN_KEY_BYTES));
    if (spent.length < spentCount) spent.push(key);
    else made.push(key);
  }
  return { spent, made };
}

function join(a: JournalKeys, b: JournalKeys): JournalKeys {
  const spent = new Set([...a.spent, ...b.spent]);
  const made = new Set([...a.made, ...b.made]);
  return { spent: [...spent], made: [...made].filter((key) => !spent.has(key)) };
}

/** The journals of all blocks that are not final for the last flush, of every generation. */
export class CoinJournals {
  readonly #tables: LevelCoinTables;
  readonly #journals = new Map<string, Journal>();

  private constructor(tables: LevelCoinTables) {
    this.#tables = tables;
  }

  static async open(tables: LevelCoinTables): Promise<CoinJournals> {
    const journals = new CoinJournals(tables);
    for await (const { key } of tables.rows(JOURNALS)) {
      const name = journalNameOf(key);
      journals.#journals.set(`${name.gen} ${name.hash}`, { ...name, keys: undefined });
    }
    return journals;
  }

  /** Take down what a block touches; what is known of it already stays. */
  add(journal: JournalName & { readonly keys: JournalKeys }): void {
    const name = `${journal.gen} ${journal.hash}`;
    const known = this.#journals.get(name);
    const keys = known === undefined ? journal.keys : join(this.keysOf(known), journal.keys);
    this.#journals.set(name, { ...journal, keys });
  }

  /** Those of one generation, in no order. */
  of(generation: number): Journal[] {
    return [...this.#journals.values()].filter(({ gen }) => gen === generation);
  }

  /** @throws StoreFault when it cannot be read */
  keysOf(journal: Journal): JournalKeys {
    if (journal.keys !== undefined) return journal.keys;
    const row = journalKey(journal);
    const bytes = this.#tables.read(row);
    if (bytes === undefined) throw this.#tables.damaged(row);
    return decodeKeys(bytes);
  }

  /** Write those above a height that are not on disk, delete the others. @returns what was seen */
  save(batch: CoinBatch, final: { readonly gen: number; readonly height: number }): Journal[] {
    const seen = [...this.#journals.values()];
    for (const journal of seen) {
      const isOver = journal.gen < final.gen;
      if (isOver || (journal.gen === final.gen && journal.height <= final.height)) {
        if (journal.keys === undefined) batch.delete(journalKey(journal));
      } else if (journal.keys !== undefined)
        batch.put(journalKey(journal), encodeKeys(journal.keys));
    }
    return seen;
  }

  /** The batch of `save` is on disk. */
  saved(seen: readonly Journal[], final: { readonly gen: number; readonly height: number }): void {
    for (const journal of seen) {
      const name = `${journal.gen} ${journal.hash}`;
      if (this.#journals.get(name) !== journal) continue;
      const isOver = journal.gen < final.gen;
      if (isOver || (journal.gen === final.gen && journal.height <= final.height)) {
        this.#journals.delete(name);
      } else this.#journals.set(name, { ...journal, keys: undefined });
    }
  }

  /** Forget those of a generation that is no more. */
  drop(generation: number): Journal[] {
    const gone = this.of(generation);
    for (const { gen, hash } of gone) this.#journals.delete(`${gen} ${hash}`);
    return gone;
  }
}

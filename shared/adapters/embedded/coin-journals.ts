import { COIN_KEY_BYTES, type CoinKey, decodeCoinKey } from "#shared/coins/coin-key.ts";
import type { CoinBatch, JournalName, LevelCoinTables } from "./level-coin-tables.ts";
import { JOURNALS, journalKey, journalNameOf } from "./level-coin-tables.ts";

/** Which items a block touched: asked when it leaves the chain, and when it becomes final. */
export interface Journal extends JournalName {
  /** `undefined` while they lie on disk only. */
  readonly keys: readonly CoinKey[] | undefined;
}

function encodeKeys(keys: readonly CoinKey[]): Uint8Array {
  const bytes = new Uint8Array(COIN_KEY_BYTES * keys.length);
  let at = 0;
  for (const key of keys) {
    for (let unit = 0; unit < COIN_KEY_BYTES; unit++) bytes[at++] = key.charCodeAt(unit);
  }
  return bytes;
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
  add(journal: JournalName & { readonly keys: readonly CoinKey[] }): void {
    const name = `${journal.gen} ${journal.hash}`;
    const known = this.#journals.get(name);
    const keys =
      known === undefined ? journal.keys : [...new Set([...this.keysOf(known), ...journal.keys])];
    this.#journals.set(name, { ...journal, keys });
  }

  /** Those of one generation, in no order. */
  of(generation: number): Journal[] {
    return [...this.#journals.values()].filter(({ gen }) => gen === generation);
  }

  /** @throws StoreFault when it cannot be read */
  keysOf(journal: Journal): readonly CoinKey[] {
    if (journal.keys !== undefined) return journal.keys;
    const row = journalKey(journal);
    const bytes = this.#tables.read(row);
    if (bytes === undefined) throw this.#tables.damaged(row);
    const keys: CoinKey[] = [];
    for (let at = 0; at < bytes.length; at += COIN_KEY_BYTES) {
      keys.push(decodeCoinKey(bytes.subarray(at, at + COIN_KEY_BYTES)));
    }
    return keys;
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

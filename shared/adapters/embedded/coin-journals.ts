import type { ItemMarks } from "#shared/coins/coin-item.ts";
import { COIN_KEY_BYTES, type CoinKey, decodeCoinKey } from "#shared/coins/coin-key.ts";
import type { Mark } from "#shared/coins/mark.ts";
import { height } from "#shared/primitives/brand.ts";
import type { CoinBatch, JournalName, LevelCoinTables } from "./level-coin-tables.ts";
import { JOURNALS, journalKey, journalNameOf } from "./level-coin-tables.ts";
import { type BlockSpends, OpenSpends, type SpendsByKey } from "./open-spends.ts";

/** Which items a block touched: asked when it leaves the chain, and when it becomes final. */
export interface Journal extends JournalName {
  /** `undefined` while they lie on disk only. */
  readonly keys: JournalKeys | undefined;
  /** Whether the rows of items may lack what the block spent: it is laid over them. */
  readonly carries: boolean;
  /** What the disk holds of it: nothing, less than is known now, or all. */
  readonly onDisk: "nothing" | "less" | "all";
}

/** Items that the block spends in, and those where it only makes outputs. */
export interface JournalKeys extends BlockSpends {
  readonly made: readonly CoinKey[];
}

/** What a flush makes final, and how it writes the rest. */
export interface JournalCut {
  readonly gen: number;
  readonly height: number;
  /**
   * Journals whose spends the flush writes to the rows. All others carry them; so does one that
   * comes while the flush is under way, since the rows may be gathered by then.
   */
  readonly plain: ReadonlySet<Journal>;
}

/** Whether it carries its spends, and how many items it spends in. */
const HEAD_BYTES = 5;

function encodeJournal({ spent, slots, made }: JournalKeys, carries: boolean): Uint8Array {
  const madeAt = HEAD_BYTES + (COIN_KEY_BYTES + 1) * spent.length;
  const bytes = new Uint8Array(madeAt + COIN_KEY_BYTES * made.length);
  bytes[0] = carries ? 1 : 0;
  new DataView(bytes.buffer).setUint32(1, spent.length, true);
  bytes.set(slots, HEAD_BYTES);
  // One character is one byte of a key.
  const keys = spent.join("") + made.join("");
  Buffer.from(bytes.buffer).write(keys, HEAD_BYTES + spent.length, "latin1");
  return bytes;
}

/** @returns `undefined` when they are no journal */
function decodeKeys(bytes: Uint8Array): JournalKeys | undefined {
  if (bytes.length < HEAD_BYTES) return undefined;
  const count = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1, true);
  const keysAt = HEAD_BYTES + count;
  const total = (bytes.length - keysAt) / COIN_KEY_BYTES;
  if (!Number.isInteger(total) || total < count) return undefined;
  const keys: CoinKey[] = [];
  for (let at = keysAt; at < bytes.length; at += COIN_KEY_BYTES) {
    keys.push(decodeCoinKey(bytes.subarray(at, at + COIN_KEY_BYTES)));
  }
  // The bytes may be a Buffer, whose `slice` is no copy.
  const slots = Uint8Array.from(bytes.subarray(HEAD_BYTES, keysAt));
  return { spent: keys.slice(0, count), slots, made: keys.slice(count) };
}

/** @returns what a block touches, as its marks say it */
export function journalKeysOf(marks: readonly ItemMarks[]): JournalKeys {
  const spent: CoinKey[] = [];
  const slots: number[] = [];
  const made: CoinKey[] = [];
  for (const one of marks) {
    if (one.spent === 0) made.push(one.key);
    else {
      spent.push(one.key);
      slots.push(one.spent);
    }
  }
  return { spent, slots: Uint8Array.from(slots), made };
}

function join(a: JournalKeys, b: JournalKeys): JournalKeys {
  const spent = new Map<CoinKey, number>();
  for (const keys of [a, b]) {
    for (const [at, key] of keys.spent.entries()) {
      spent.set(key, (spent.get(key) ?? 0) | (keys.slots[at] ?? 0));
    }
  }
  const made = new Set([...a.made, ...b.made]);
  return {
    spent: [...spent.keys()],
    slots: Uint8Array.from(spent.values()),
    made: [...made].filter((key) => !spent.has(key)),
  };
}

function markOf(journal: JournalName): Mark {
  return { height: height(journal.height), hash: journal.hash };
}

function isOver(journal: JournalName, cut: JournalCut): boolean {
  return journal.gen < cut.gen || (journal.gen === cut.gen && journal.height <= cut.height);
}

function carriesAfter(journal: Journal, cut: JournalCut): boolean {
  return journal.carries || (journal.onDisk !== "all" && !cut.plain.has(journal));
}

/** The journals of all blocks that are not final for the last flush, of every generation. */
export class CoinJournals {
  readonly #tables: LevelCoinTables;
  readonly #journals = new Map<string, Journal>();
  readonly #spends = new OpenSpends();

  private constructor(tables: LevelCoinTables) {
    this.#tables = tables;
  }

  static async open(tables: LevelCoinTables): Promise<CoinJournals> {
    const journals = new CoinJournals(tables);
    for await (const { key, value } of tables.rows(JOURNALS)) {
      const name = journalNameOf(key);
      const carries = value[0] === 1;
      const keys = carries ? decodeKeys(value) : undefined;
      if (carries && keys === undefined) throw tables.damaged(key);
      journals.#journals.set(`${name.gen} ${name.hash}`, { ...name, keys, carries, onDisk: "all" });
      if (keys !== undefined) journals.#spends.add(name.gen, markOf(name), keys);
    }
    return journals;
  }

  /** Take down what a block touches; what is known of it already stays. */
  add(journal: JournalName & { readonly keys: JournalKeys }): void {
    const name = `${journal.gen} ${journal.hash}`;
    const known = this.#journals.get(name);
    if (known === undefined) {
      this.#journals.set(name, { ...journal, carries: false, onDisk: "nothing" });
      return;
    }
    const keys = join(this.keysOf(known), journal.keys);
    const onDisk = known.onDisk === "nothing" ? "nothing" : "less";
    this.#journals.set(name, { ...known, keys, onDisk });
  }

  /** Those of one generation, in no order. */
  of(generation: number): Journal[] {
    return [...this.#journals.values()].filter(({ gen }) => gen === generation);
  }

  /** What rows of a generation may lack: to be laid over what is read of them. */
  spendsOf(generation: number): SpendsByKey {
    return this.#spends.of(generation);
  }

  /** @throws StoreFault when it cannot be read */
  keysOf(journal: Journal): JournalKeys {
    if (journal.keys !== undefined) return journal.keys;
    const row = journalKey(journal);
    const bytes = this.#tables.read(row);
    const keys = bytes === undefined ? undefined : decodeKeys(bytes);
    if (keys === undefined) throw this.#tables.damaged(row);
    return keys;
  }

  /**
   * What a flush makes final, and who carries spends: journals of the tip's generation, as long as
   * memory may hold so many keys.
   */
  cut(gen: number, final: number, keysMax: number): JournalCut {
    const plain = new Set<Journal>();
    let held = 0;
    for (const journal of this.#journals.values()) {
      if (journal.gen !== gen) plain.add(journal);
      else if (journal.height > final) {
        held += (journal.keys?.spent.length ?? 0) + (journal.keys?.made.length ?? 0);
      }
    }
    if (held > keysMax) for (const journal of this.#journals.values()) plain.add(journal);
    return { gen, height: final, plain };
  }

  /** Write those above the cut that are not on disk, delete the others. @returns what was seen */
  save(batch: CoinBatch, cut: JournalCut): Journal[] {
    const seen = [...this.#journals.values()];
    for (const journal of seen) {
      const { keys, onDisk } = journal;
      if (isOver(journal, cut)) {
        if (onDisk !== "nothing") batch.delete(journalKey(journal));
      } else if (onDisk !== "all" && keys !== undefined) {
        batch.put(journalKey(journal), encodeJournal(keys, carriesAfter(journal, cut)));
      }
    }
    return seen;
  }

  /** The batch of `save` is on disk. */
  saved(seen: readonly Journal[], cut: JournalCut): void {
    for (const journal of seen) {
      const name = `${journal.gen} ${journal.hash}`;
      const now = this.#journals.get(name);
      if (isOver(journal, cut)) {
        if (now === journal) this.#journals.delete(name);
        // An older generation keeps its spends until it is dropped: nobody visits its rows.
        if (journal.gen === cut.gen && journal.carries && journal.keys !== undefined) {
          this.#spends.remove(journal.gen, markOf(journal), journal.keys);
        }
        continue;
      }
      const carries = carriesAfter(journal, cut);
      if (carries && journal.onDisk !== "all" && journal.keys !== undefined) {
        this.#spends.add(journal.gen, markOf(journal), journal.keys);
      }
      if (now === journal) {
        const keys = carries ? journal.keys : undefined;
        this.#journals.set(name, { ...journal, keys, carries, onDisk: "all" });
      } else if (now !== undefined) this.#journals.set(name, { ...now, carries, onDisk: "less" });
    }
  }

  /** Forget those of a generation that is no more. */
  drop(generation: number): Journal[] {
    const gone = this.of(generation);
    for (const { gen, hash } of gone) this.#journals.delete(`${gen} ${hash}`);
    this.#spends.drop(generation);
    return gone;
  }
}

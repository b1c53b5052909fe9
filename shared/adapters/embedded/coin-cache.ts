import { addMarks, type CoinItem, type ItemMarks } from "#shared/coins/coin-item.ts";
import { type CoinKey, chunkOf } from "#shared/coins/coin-key.ts";
import { isBaseMark } from "#shared/coins/mark.ts";

/** One item in memory. A flush holds it, so that it is looked up once. */
export interface Entry {
  readonly key: CoinKey;
  item: CoinItem;
  /** Whether some reading of it lies on disk. */
  stored: boolean;
  /** Whether more than spends came to it since: journals carry spends, and nothing else. */
  changed: boolean;
  /** Whether it waits for a flush. */
  dirty: boolean;
}

/** What a flush found out about one item. */
export interface Settled {
  readonly key: CoinKey;
  /** Where it lay in memory, if it did. */
  readonly entry: Entry | undefined;
  /** The item as it was when the flush read it. */
  readonly from: CoinItem;
  /** What was written; `undefined` where it was deleted or never needed to be there. */
  readonly item: CoinItem | undefined;
}

/** Keys remembered as absent from the disk, between a block's reads and its marks. */
const ABSENT_MAX = 65_536;

/** Bytes that an entry costs beside its packed outputs: map, key, objects, marks. Measured. */
const ENTRY_BYTES = 420;

/** Items of one generation in memory: all that wait for a flush, and others while there is room. */
export class CoinCache {
  readonly #read: (key: CoinKey) => CoinItem | undefined;
  readonly #entries = new Map<CoinKey, Entry>();
  #dirty: Entry[] = [];
  #absent = new Set<CoinKey>();
  #bytes = 0;
  /** Largest chunk number seen: how far the items of a transaction may reach. */
  #chunkMax = 0;
  /** Whether the disk holds nothing that is not here, so that absence is known without a read. */
  #complete: boolean;

  /** @param empty whether the generation holds nothing on disk */
  constructor(read: (key: CoinKey) => CoinItem | undefined, empty: boolean) {
    this.#read = read;
    this.#complete = empty;
  }

  /** About how much waits for a flush. */
  get dirtyBytes(): number {
    return this.#dirty.length * ENTRY_BYTES;
  }

  /** Keys of everything in memory. */
  keys(): Iterable<CoinKey> {
    return this.#entries.keys();
  }

  get chunkMax(): number {
    return this.#chunkMax;
  }

  /** An item, from memory or from disk. */
  find(key: CoinKey): CoinItem | undefined {
    const known = this.#entries.get(key);
    if (known !== undefined) return known.item;
    if (this.#complete || this.#absent.has(key)) return undefined;
    const item = this.#read(key);
    if (item === undefined) {
      if (this.#absent.size >= ABSENT_MAX) this.#absent = new Set();
      this.#absent.add(key);
    } else this.#set({ key, item, stored: true, changed: false, dirty: false });
    return item;
  }

  /** An item that need not stay in memory. */
  peek(key: CoinKey): CoinItem | undefined {
    const known = this.#entries.get(key)?.item;
    return known !== undefined || this.#complete ? known : this.#read(key);
  }

  /** An item that memory holds. */
  entry(key: CoinKey): Entry | undefined {
    return this.#entries.get(key);
  }

  add(marks: ItemMarks): void {
    const { key } = marks;
    const entry = this.#entries.get(key) ?? this.#load(key);
    if (entry === undefined) {
      const item = addMarks(undefined, marks);
      const made = { key, item, stored: false, changed: true, dirty: true };
      this.#set(made);
      this.#absent.delete(key);
      this.#dirty.push(made);
    } else this.#change(entry, marks);
    this.#chunkMax = Math.max(this.#chunkMax, chunkOf(key));
  }

  /** What waits for a flush; from now on the flush answers for it. */
  takeDirty(): Entry[] {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const entry of dirty) entry.dirty = false;
    return dirty;
  }

  /** The flush failed: it all waits again. */
  putBack(dirty: readonly Entry[]): void {
    for (const entry of dirty) this.#wait(entry);
  }

  /** The flush is on disk. An item that was changed meanwhile keeps what it has. */
  settle(settled: readonly Settled[]): void {
    this.#absent = new Set();
    for (const { key, entry: seen, from, item } of settled) {
      const entry = seen ?? this.#entries.get(key);
      if (entry === undefined) continue;
      entry.stored = item !== undefined;
      if (entry.item !== from) continue;
      if (item === undefined) this.#delete(entry);
      else {
        entry.item = item;
        entry.changed = false;
      }
    }
  }

  /** Give up clean items, oldest first, until this many bytes are left. */
  evict(bytesMax: number): void {
    if (this.#bytes <= bytesMax) return;
    for (const entry of this.#entries.values()) {
      if (this.#bytes <= bytesMax * 0.75) break;
      if (entry.dirty) continue;
      this.#delete(entry);
      this.#complete = false;
    }
  }

  #load(key: CoinKey): Entry | undefined {
    return this.find(key) === undefined ? undefined : this.#entries.get(key);
  }

  #change(entry: Entry, marks: ItemMarks): void {
    const known = entry.item;
    const item = addMarks(known, marks);
    this.#bytes += (item.content?.outputs.length ?? 0) - (known.content?.outputs.length ?? 0);
    // A base mark has no journal.
    if (item.creators !== known.creators || isBaseMark(marks.mark)) entry.changed = true;
    entry.item = item;
    this.#wait(entry);
  }

  #wait(entry: Entry): void {
    if (!entry.dirty) this.#dirty.push(entry);
    entry.dirty = true;
  }

  #set(entry: Entry): void {
    this.#entries.set(entry.key, entry);
    this.#bytes += ENTRY_BYTES + (entry.item.content?.outputs.length ?? 0);
  }

  #delete(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#bytes -= ENTRY_BYTES + (entry.item.content?.outputs.length ?? 0);
  }
}

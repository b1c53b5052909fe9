import { addMarks, type CoinItem, type ItemMarks } from "#shared/coins/coin-item.ts";
import type { CoinKey } from "#shared/coins/coin-key.ts";
import { isBaseMark } from "#shared/coins/mark.ts";

/** One item in memory. */
interface Entry {
  item: CoinItem;
  /** Whether some reading of it lies on disk. */
  stored: boolean;
  /** Whether more than spends came to it since: journals carry spends, and nothing else. */
  changed: boolean;
}

/** What a flush found out about one item. */
export interface Settled {
  readonly key: CoinKey;
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
  #dirty = new Set<CoinKey>();
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
    return this.#dirty.size * ENTRY_BYTES;
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
    } else this.#set(key, { item, stored: true, changed: false });
    return item;
  }

  /** An item that need not stay in memory. */
  peek(key: CoinKey): CoinItem | undefined {
    const known = this.#entries.get(key)?.item;
    return known !== undefined || this.#complete ? known : this.#read(key);
  }

  add(marks: ItemMarks): void {
    const { key } = marks;
    const known = this.find(key);
    const entry = this.#entries.get(key);
    const item = addMarks(known, marks);
    if (entry === undefined) {
      this.#set(key, { item, stored: false, changed: true });
      this.#absent.delete(key);
    } else {
      this.#bytes += (item.content?.outputs.length ?? 0) - (known?.content?.outputs.length ?? 0);
      // A base mark has no journal.
      if (item.creators !== known?.creators || isBaseMark(marks.mark)) entry.changed = true;
      entry.item = item;
    }
    this.#dirty.add(key);
    this.#chunkMax = Math.max(this.#chunkMax, (key.charCodeAt(32) << 8) | key.charCodeAt(33));
  }

  isStored(key: CoinKey): boolean {
    return this.#entries.get(key)?.stored ?? true;
  }

  /** Whether what lies on disk lacks more of an item than spends. */
  needsRow(key: CoinKey): boolean {
    const entry = this.#entries.get(key);
    return entry !== undefined && (entry.changed || !entry.stored);
  }

  /** What waits for a flush; from now on the flush answers for it. */
  takeDirty(): Set<CoinKey> {
    const dirty = this.#dirty;
    this.#dirty = new Set();
    return dirty;
  }

  /** The flush failed: it all waits again. */
  putBack(dirty: ReadonlySet<CoinKey>): void {
    for (const key of dirty) this.#dirty.add(key);
  }

  /** The flush is on disk. An item that was changed meanwhile keeps what it has. */
  settle(settled: readonly Settled[]): void {
    this.#absent = new Set();
    for (const { key, from, item } of settled) {
      const entry = this.#entries.get(key);
      if (entry === undefined) continue;
      entry.stored = item !== undefined;
      if (entry.item !== from) continue;
      if (item === undefined) this.#delete(key, entry);
      else {
        entry.item = item;
        entry.changed = false;
      }
    }
  }

  /** Give up clean items, oldest first, until this many bytes are left. */
  evict(bytesMax: number): void {
    if (this.#bytes <= bytesMax) return;
    for (const [key, entry] of this.#entries) {
      if (this.#bytes <= bytesMax * 0.75) break;
      if (this.#dirty.has(key)) continue;
      this.#delete(key, entry);
      this.#complete = false;
    }
  }

  #set(key: CoinKey, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#bytes += ENTRY_BYTES + (entry.item.content?.outputs.length ?? 0);
  }

  #delete(key: CoinKey, entry: Entry): void {
    this.#entries.delete(key);
    this.#bytes -= ENTRY_BYTES + (entry.item.content?.outputs.length ?? 0);
  }
}

import type { WalletDeps } from "#services/wallet/deps.ts";
import type { KeyList, WatchedKey, WatchList } from "#services/wallet/watch-list.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import type {
  HistoryEntry,
  HistoryQuery,
  IndexedCoin,
  IndexPoint,
  Page,
  PageFault,
} from "#shared/ports/address-index.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { type HashHex, type Height, height } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { stakerScript } from "#shared/script/owner-script.ts";

/** A coin of the chain with the key that it is listed under. */
export interface ChainCoin extends IndexedCoin {
  readonly watched: WatchedKey;
  readonly role: "owner" | "staker";
}

/** What the index says of a wallet, all of it at one point. */
export interface ChainView {
  readonly at: IndexPoint;
  readonly coins: readonly ChainCoin[];
  /** One for each transaction, newest first. */
  readonly history: readonly HistoryEntry[];
  /** Lists of keys with the highest index in use; -1: none. */
  readonly lastUsed: ReadonlyMap<string, number>;
}

/** Everything the index lists under one script of one key. */
interface Slot {
  readonly watched: WatchedKey;
  readonly role: "owner" | "staker";
  readonly script: Uint8Array;
  /** Newest first. */
  entries: readonly HistoryEntry[];
  coins: readonly IndexedCoin[];
}

/** What one reading asks for. */
interface Reading {
  readonly at: IndexPoint;
  /** Lowest height that is new. */
  readonly from: number;
  /** The only keys with anything new; `undefined`: any. */
  readonly touched: ReadonlySet<WatchedKey> | undefined;
}

const PAGE_LIMIT = 200;
/** How often the index may move under a reading that starts over each time. */
const ATTEMPTS_MAX = 16;
/** How long a reader waits for an index that lags, and how often it looks, in milliseconds. */
const SETTLE_MS = 1_000;
const LOOK_MS = 10;

/** Fewer new blocks than this are looked at themselves, to see which keys they touch. */
const BLOCKS_LOOKED_AT = 32;

type ChainDeps = Pick<WalletDeps, "index" | "coins" | "blocks" | "clock" | "gap" | "network">;

/** The chain moved while it was read: begin again. */
class Moved extends Error {
  override readonly name = "Moved";
}

/**
 * Follows what the index lists under the keys of a wallet: only what is new since the last reading
 * is asked for, and keys are derived until a gap of unused ones lies behind the last used.
 */
export class ChainWatch {
  readonly #deps: ChainDeps;
  readonly #watch: WatchList;
  readonly #given: (list: KeyList) => Promise<number>;
  readonly #slots = new Map<string, Map<WatchedKey, Slot[]>>();
  #view: ChainView | undefined;
  #lists = 0;
  #reading: Promise<ChainView> | undefined;
  /** Whether a reading was given up: some keys may know of blocks that others do not. */
  #half = false;

  /** @param given how many keys of a list were given out */
  constructor(deps: ChainDeps, watch: WatchList, given: (list: KeyList) => Promise<number>) {
    this.#deps = deps;
    this.#watch = watch;
    this.#given = given;
  }

  /**
   * The wallet as the index stands now; readers at the same time share one reading.
   * @throws StoreFault, retryable, when the index follows no chain yet or moves all the time
   */
  read(): Promise<ChainView> {
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  #allSlots(): Slot[] {
    return [...this.#slots.values()].flatMap((slots) => [...slots.values()].flat());
  }

  /** Every key that the chain knows, as it was read last. */
  usedKeys(): readonly WatchedKey[] {
    const slots = this.#allSlots();
    return slots.filter(({ entries }) => entries.length > 0).map(({ watched }) => watched);
  }

  /** Look at every list again: more of its keys were given out. */
  widen(): void {
    this.#lists = -1;
  }

  async #readNow(): Promise<ChainView> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const at = await this.#settled();
      if (at === undefined) return this.#nothing();
      const view = this.#view;
      const known = this.#lists === this.#watch.lists().length;
      if (view?.at.hash === at.hash && known) return view;
      try {
        return await this.#readAt(at, view);
      } catch (cause) {
        if (!(cause instanceof Moved)) throw cause;
      }
    }
    throw new StoreFault("The index moves too fast for a wallet to be read.", { retryable: true });
  }

  /** Before the first block is stored there is nothing to be read. */
  #nothing(): ChainView {
    const hash = toHashHex(this.#deps.network.consensus.genesis.hash);
    return { at: { height: height(0), hash }, coins: [], history: [], lastUsed: new Map() };
  }

  /** Where the index stands, once it has caught up with the tip or is given up on. */
  async #settled(): Promise<IndexPoint | undefined> {
    const { index, coins, clock } = this.#deps;
    const startedMs = clock.elapsedMs();
    for (;;) {
      const [at, tip] = [await index.cursor(), await coins.tip()];
      if (at === undefined && (tip?.height ?? 0) === 0) return undefined;
      const late = clock.elapsedMs() - startedMs >= SETTLE_MS;
      if (at !== undefined && (at.hash === tip?.hash || late)) return at;
      if (late) throw new StoreFault("The index follows no chain yet.", { retryable: true });
      await clock.sleep(LOOK_MS);
    }
  }

  async #readAt(at: IndexPoint, before: ChainView | undefined): Promise<ChainView> {
    const stays = before !== undefined && (await this.#deps.index.blockRow(before.at.hash));
    if (!stays) this.#slots.clear();
    const from = stays ? stays.height + 1 : 0;
    const touched = stays && !this.#half ? await this.#touched(from, at) : undefined;
    this.#half = true;
    const reading = { at, from, touched };
    const lists = this.#watch.lists();
    const lastUsed = new Map<string, number>();
    for (const list of lists) lastUsed.set(list.id, await this.#readList(list, reading));

    const slots = this.#allSlots();
    const coins = slots.flatMap(({ coins: own, watched, role }) =>
      own.map((coin) => ({ ...coin, watched, role })),
    );
    const view = { at, coins: eachOnce(coins), history: joined(slots), lastUsed };
    this.#view = view;
    this.#lists = lists.length;
    this.#half = false;
    return view;
  }

  /**
   * Keys that a few new blocks pay or spend from, so that the index is asked for those alone: a
   * block takes a wallet of six hundred addresses 10 instead of 340 ms.
   * @returns `undefined`: any of them
   */
  async #touched(from: number, at: IndexPoint): Promise<ReadonlySet<WatchedKey> | undefined> {
    if (at.height - from >= BLOCKS_LOOKED_AT) return undefined;
    const owners = this.#coinOwners();
    const touched = new Set<WatchedKey>();
    for (let above = from; above <= at.height; above++) {
      const transactions = await this.#transactionsAt(height(above));
      if (transactions === undefined) return undefined;
      for (const { inputs, outputs } of transactions) {
        const spent = inputs.flatMap(({ prevout }) => owners.get(outpointKey(prevout)) ?? []);
        const paid = outputs.flatMap((output) => this.#watch.touchedBy(output.scriptPubKey));
        for (const watched of [...spent, ...paid]) touched.add(watched);
      }
    }
    return touched;
  }

  #coinOwners(): ReadonlyMap<string, WatchedKey[]> {
    const owners = new Map<string, WatchedKey[]>();
    for (const { coins, watched } of this.#allSlots()) {
      for (const { txid, index } of coins) {
        const key = outpointKey({ txid: fromHashHex(txid), index });
        owners.set(key, [...(owners.get(key) ?? []), watched]);
      }
    }
    return owners;
  }

  async #transactionsAt(at: Height): Promise<readonly HashedTransaction[] | undefined> {
    const row = await this.#deps.index.blockRow(at);
    if (row === undefined) throw new Moved();
    const bytes = await this.#deps.blocks.get(row.hash);
    if (bytes === undefined) return undefined;
    const decoded = decodeBlock(bytes, this.#deps.network.consensus.wire);
    return decoded.ok ? decoded.value.transactions : undefined;
  }

  /** @returns the highest index of a key in use */
  async #readList(list: KeyList, reading: Reading): Promise<number> {
    const slots = this.#slots.get(list.id) ?? new Map<WatchedKey, Slot[]>();
    this.#slots.set(list.id, slots);
    const given = await this.#given(list);
    let lastUsed = -1;
    for (let read = 0; ; ) {
      const end = list.length ?? Math.max(lastUsed + 1, given) + this.#deps.gap;
      if (read >= end) return lastUsed;
      const keys = (await this.#watch.reach(list, end)).slice(read, end);
      const perKey = await Promise.all(keys.map((key) => this.#readKey(key, slots, reading)));
      for (const [place, used] of perKey.entries()) if (used) lastUsed = read + place;
      read += keys.length;
      if (keys.length === 0) return lastUsed;
    }
  }

  /** @returns whether the chain knows the key */
  async #readKey(
    watched: WatchedKey,
    slots: Map<WatchedKey, Slot[]>,
    { at, from, touched }: Reading,
  ): Promise<boolean> {
    const own = slots.get(watched) ?? [];
    if (own.length > 0) {
      const stale = touched === undefined || touched.has(watched);
      if (stale) await Promise.all(own.map((slot) => this.#refresh(slot, at, from)));
    } else {
      own.push(slotOf(watched, "owner", watched.scriptPubKey));
      if (watched.list.staker) {
        own.push(slotOf(watched, "staker", stakerScript(hash160(watched.publicKey))));
      }
      await Promise.all(own.map((slot) => this.#refresh(slot, at, 0)));
      slots.set(watched, own);
    }
    return own.some(({ entries }) => entries.length > 0);
  }

  async #refresh(slot: Slot, at: IndexPoint, from: number): Promise<void> {
    const { index } = this.#deps;
    const { script } = slot;
    const ask = (cursor: string | undefined): Promise<Result<Page<HistoryEntry>, PageFault>> => {
      const query: HistoryQuery = { script, limit: PAGE_LIMIT, heightFrom: from, cursor };
      return index.history(query);
    };
    const fresh = await allPages(ask, at);
    const older = slot.entries.filter((entry) => entry.height < from);
    if (fresh.length === 0 && older.length === slot.entries.length) return;
    slot.coins = await allPages((cursor) => index.coins({ script, limit: PAGE_LIMIT, cursor }), at);
    slot.entries = [...fresh, ...older];
  }
}

function slotOf(watched: WatchedKey, role: Slot["role"], script: Uint8Array): Slot {
  return { watched, role, script, entries: [], coins: [] };
}

async function allPages<Item>(
  ask: (cursor: string | undefined) => Promise<Result<Page<Item>, PageFault>>,
  at: IndexPoint,
): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await ask(cursor);
    if (!page.ok || page.value.at.hash !== at.hash) throw new Moved();
    for (const item of page.value.items) items.push(item);
    cursor = page.value.next;
    if (cursor === undefined) return items;
  }
}

/** A coin that we own and stake is listed twice: the owner may do more. */
function eachOnce(coins: readonly ChainCoin[]): ChainCoin[] {
  const found = new Map<string, ChainCoin>();
  for (const coin of coins) {
    const name = `${coin.txid}:${coin.index}`;
    if (coin.role === "owner" || !found.has(name)) found.set(name, coin);
  }
  return [...found.values()];
}

/** Entries of all keys as one history, a transaction once. */
function joined(slots: readonly Slot[]): HistoryEntry[] {
  const found = new Map<HashHex, HistoryEntry>();
  for (const { entries, role } of slots) {
    // What a hot key stakes belongs to somebody else's history.
    for (const entry of role === "owner" ? entries : []) {
      const known = found.get(entry.txid);
      if (known === undefined || known.height < entry.height) found.set(entry.txid, entry);
    }
  }
  return [...found.values()].sort((a, b) => b.height - a.height || b.position - a.position);
}

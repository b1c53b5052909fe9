import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { CoinItem, ItemMarks } from "#shared/coins/coin-item.ts";
import { type CoinKey, coinKeyOfChunk } from "#shared/coins/coin-key.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import type { SetHashDialect } from "#shared/coins/set-hash.ts";
import type { SetTotals } from "#shared/coins/set-totals.ts";
import { checkTip, type NextTip, type Tip } from "#shared/coins/tip.ts";
import type { View } from "#shared/coins/view.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore, ScannedItem } from "#shared/ports/coin-store.ts";
import type { Entropy } from "#shared/ports/entropy.ts";
import { generationGone } from "#shared/ports/generation-gone.ts";
import { FIRST_GENERATION, type GenerationState } from "#shared/ports/generations.ts";
import { inParallel } from "#shared/ports/in-parallel.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Hash256, HashHex } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import {
  createCoinTable,
  deleteCoinTable,
  nextGeneration,
  noteGeneration,
} from "./coin-generations.ts";
import type { BatchWeather } from "./dynamo-batch.ts";
import { coinItemKey, coinKeyOfItem, decodeCoinItem, marksExpression } from "./dynamo-coin-item.ts";
import { bytesOf, type DynamoItem, numberOf, numeric } from "./dynamo-item.ts";
import { createDynamoTable, type DynamoReads, type DynamoTable } from "./dynamo-table.ts";
import { decodeTipItem, frozenItem, TIP_KEY, tipItem } from "./dynamo-tip.ts";
import { expectGenesis } from "./expect-genesis.ts";
import { FrozenGroups } from "./frozen-groups.ts";
import { scanAll } from "./scan-all.ts";
import { generationTable } from "./table-shapes.ts";

/** Marks of one block on their way at once. @source cloud.md 3.4 */
const APPLIES_AT_ONCE = 64;
/** Parts of a table that are scanned side by side. @source cloud.md 5.3 */
const SCAN_SEGMENTS = 8;
/** Items of one transaction that are asked for at once: first, and when there are more. */
const CHUNKS_FIRST = 8;
const CHUNKS_MORE = 100;
const CHUNKS_MAX = 0x1_0000;
/** Bytes that tell one writer of a tip from every other. */
const BY_BYTES = 16;

export interface DynamoCoinStoreOptions extends BatchWeather {
  readonly client: Pick<DynamoDBClient, "send">;
  /** Name of the table `chain`, and of the tables `coins` up to the generation. */
  readonly tables: { readonly chain: string; readonly coins: string };
  /** Of the tip and what is frozen; strong unless said. */
  readonly reads?: DynamoReads;
  readonly dialect: SetHashDialect;
  readonly clock: Pick<Clock, "now">;
  readonly entropy: Entropy;
  /**
   * Hash of the network's first block, to which that of the chain is compared once, when its tip is
   * first read. Without it the chain may be anybody's.
   */
  readonly genesis?: HashHex;
  /**
   * Puts what a scan found in order of its keys, however much it is: on a disk, which functions do not
   * have. Who has none does not scan.
   */
  readonly sort?: SortItems | undefined;
}

/** Items in order of their keys, whichever order they came in. */
export type SortItems = (items: AsyncIterable<ScannedItem>) => AsyncIterable<ScannedItem>;

/**
 * Chain state in the tables `chain` and `coins-g<n>`, shared by every function of a city. The one
 * write of a coin item is an UpdateItem that adds marks; the one change that counts is the put of
 * the tip on its `rev`.
 *
 * The chain of another network is refused with `EXOS-E8106` by the first read of the tip: a young tip
 * names its first block, an older one costs one request more, once in a process.
 *
 * A tip carries its own totals (`Tip.mu`, as `RunningTotals.encode` made them), since nobody could
 * count a shared table in the path of a request. A scan reads the whole table in parallel parts and
 * has it sorted: it is for `load` and export alone, and its first item comes when the last was read.
 *
 * @source cloud.md 3.1 to 4.3
 */
export function createDynamoCoinStore(options: DynamoCoinStoreOptions): CoinStore {
  return new DynamoCoinStore(options);
}

class DynamoCoinStore implements CoinStore {
  readonly #options: DynamoCoinStoreOptions;
  readonly #chain: DynamoTable;
  readonly #lagging: DynamoTable;
  readonly #frozen: FrozenGroups;
  #isOwn: boolean;

  constructor(options: DynamoCoinStoreOptions) {
    this.#options = options;
    const { chain: table } = options.tables;
    this.#chain = createDynamoTable({ ...options, table });
    this.#lagging = createDynamoTable({ ...options, table, reads: "lagging" });
    this.#frozen = new FrozenGroups(this.#chain);
    this.#isOwn = options.genesis === undefined;
  }

  /** A copy that lags is asked first by who knows how new an answer has to be: for half of 5 units. */
  async tip(toldRev?: number): Promise<Tip | undefined> {
    const lagging = toldRev === undefined ? undefined : await this.#readTip(this.#lagging);
    const isNewEnough = lagging !== undefined && lagging.rev >= (toldRev ?? 0);
    const tip = isNewEnough ? lagging : await this.#readTip(this.#chain);
    this.#frozen.saw(tip);
    if (tip !== undefined && !this.#isOwn) await this.#expectOwn(tip);
    return tip;
  }

  async #expectOwn({ base, win }: Tip): Promise<void> {
    const { genesis, tables } = this.#options;
    const first = base === 0 ? win[0] : (await this.#frozen.get(0))?.[0];
    // Who misses what is frozen says so where it is needed.
    if (first === undefined || genesis === undefined) return;
    expectGenesis(first, { genesis, table: tables.chain });
    this.#isOwn = true;
  }

  async #readTip(chain: DynamoTable): Promise<Tip | undefined> {
    const item = await chain.get(TIP_KEY);
    return item === undefined ? undefined : decodeTipItem(item);
  }

  frozen(group: number): Promise<readonly HashHex[] | undefined> {
    return this.#frozen.get(group);
  }

  async read(generation: number, keys: readonly CoinKey[]): Promise<(CoinItem | undefined)[]> {
    const items = await this.#ifThere(generation, () =>
      this.#coins(generation).getMany(keys.map(coinItemKey)),
    );
    return items.map((item) => (item === undefined ? undefined : decodeCoinItem(item)));
  }

  /** Reads on as long as every item asked for has outputs: the next may hold more of them. */
  async readTransaction(generation: number, txid: Hash256): Promise<ScannedItem[]> {
    const found: ScannedItem[] = [];
    for (let from = 0, count = CHUNKS_FIRST; from < CHUNKS_MAX; from += count) {
      if (from > 0) count = Math.min(CHUNKS_MORE, CHUNKS_MAX - from);
      const keys = Array.from({ length: count }, (_, at) => coinKeyOfChunk(txid, from + at));
      const items = await this.read(generation, keys);
      for (const [at, key] of keys.entries()) {
        const item = items[at];
        if (item !== undefined) found.push({ key, item });
      }
      if (items.some((item) => item?.content === undefined)) break;
    }
    return found;
  }

  async apply(generation: number, marks: readonly ItemMarks[]): Promise<void> {
    const table = this.#coins(generation);
    try {
      await inParallel(marks, APPLIES_AT_ONCE, async (one) => {
        const change = marksExpression(one);
        if (change !== undefined) await table.update(coinItemKey(one.key), change);
      });
    } catch (cause) {
      // What still writes into a generation that was dropped is ignored; a table that is missing
      // although the tip names it is not.
      if ((await this.#explain(cause, generation)) === cause) throw cause;
    }
  }

  /**
   * A put that was refused, or whose answer was lost, may have arrived all the same: the tip that
   * is there tells.
   */
  async commit(expectedRev: number, next: NextTip): Promise<boolean> {
    checkTip(next.tip);
    const { clock, entropy } = this.#options;
    await inParallel(next.frozen, APPLIES_AT_ONCE, (group) => this.#chain.put(frozenItem(group)));
    const by = entropy.bytes(BY_BYTES);
    const item = tipItem(next, { by, at: clock.now() });
    const isDone = await this.#putTip(expectedRev, item).catch(async (cause: unknown) => {
      // Where the tip cannot be read either, what is told is why it could not be written.
      if (await this.#isOurs(item).catch(() => false)) return true;
      throw cause;
    });
    return isDone || this.#isOurs(item);
  }

  #putTip(expectedRev: number, item: DynamoItem): Promise<boolean> {
    return this.#chain.put(
      item,
      expectedRev === 0
        ? { text: "attribute_not_exists(#rev)" }
        : { text: "#rev = :rev", values: { rev: numeric(expectedRev) } },
    );
  }

  async #isOurs(written: DynamoItem): Promise<boolean> {
    const item = await this.#chain.get(TIP_KEY);
    return (
      item !== undefined &&
      numberOf(item, "rev") === numberOf(written, "rev") &&
      equalBytes(bytesOf(item, "by"), bytesOf(written, "by"))
    );
  }

  async *scan(view: View): AsyncGenerator<ScannedItem> {
    const { sort } = this.#options;
    if (sort === undefined) throw new RangeError("a scan is sorted, and nobody said where");
    try {
      yield* sort(decoded(scanAll(this.#coins(view.gen), SCAN_SEGMENTS)));
    } catch (cause) {
      throw await this.#explain(cause, view.gen);
    }
  }

  async totals(tip: Tip): Promise<SetTotals> {
    const { dialect } = this.#options;
    if (tip.mu !== undefined) return RunningTotals.decode(dialect, tip.mu).totals();
    // The genesis output is no coin.
    if (tip.height === 0) return RunningTotals.empty(dialect).totals();
    throw new RangeError(`the tip at height ${tip.height} carries no totals`);
  }

  async createGeneration(): Promise<number> {
    const generation = await nextGeneration(this.#chain);
    await this.#note(generation, "filling");
    await createCoinTable(this.#options, this.#table(generation));
    return generation;
  }

  async dropGeneration(generation: number): Promise<void> {
    if ((await this.tip())?.gen === generation) {
      throw new RangeError(`generation ${generation} is in use`);
    }
    await this.#note(generation, "old");
    await deleteCoinTable(this.#options, this.#table(generation));
    await this.#note(generation, "dropped");
  }

  #note(generation: number, state: GenerationState): Promise<void> {
    const at = this.#options.clock.now();
    return noteGeneration(this.#chain, generation, { table: this.#table(generation), state, at });
  }

  #table(generation: number): string {
    return generationTable(this.#options.tables.coins, generation);
  }

  #coins(generation: number): DynamoTable {
    return createDynamoTable({ ...this.#options, table: this.#table(generation) });
  }

  async #ifThere<Answer>(generation: number, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (cause) {
      throw await this.#explain(cause, generation);
    }
  }

  /** A table that is not there was dropped, unless the tip names it. */
  async #explain(cause: unknown, generation: number): Promise<unknown> {
    if (!(cause instanceof StoreFault) || cause.code !== "EXOS-E8102") return cause;
    const live = (await this.tip())?.gen ?? FIRST_GENERATION;
    return live === generation ? cause : generationGone(generation);
  }
}

async function* decoded(items: AsyncIterable<DynamoItem>): AsyncGenerator<ScannedItem> {
  for await (const item of items) yield { key: coinKeyOfItem(item), item: decodeCoinItem(item) };
}

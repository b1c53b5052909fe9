import type {
  AddressIndexWriter,
  BlockRow,
  BlockToIndex,
  IndexPoint,
  SeedCoin,
} from "#shared/ports/address-index.ts";
import { inParallel } from "#shared/ports/in-parallel.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { type Hash256, type HashHex, height, unixSeconds } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex, ZERO_HASH_HEX } from "#shared/primitives/hash.ts";
import { binary, type DynamoItem, numeric } from "./dynamo-item.ts";
import { blockItems } from "./index-block-items.ts";
import { BASE_KEY, progressKey, rowKey } from "./index-keys.ts";
import { readOutputs } from "./index-outputs.ts";
import { decodeRow, encodeRow, type IndexRow } from "./index-row-codec.ts";
import { seedItems } from "./index-seed-items.ts";
import type { IndexDraft, IndexSession, IndexTable } from "./index-session.ts";

/** Puts of one block on their way at once. */
const PUTS_AT_ONCE = 32;
/**
 * Items of a block between two notes of how many are there. A run has a minute of a third of a core,
 * too little for the hundred thousand that a block may have; usual ones have fewer than these.
 */
const STEP_ITEMS = 4_096;
/** Generations that are tried for a new one; more are the leavings of many failed loads. */
const GENERATIONS_TRIED = 64;

/**
 * The follower's side. A block's facts are puts of whole items that say the same whoever writes them,
 * its row the last of them: a row that is there says that all of them are. What is begun anew goes
 * into a table of its own, which the cursor names once it is followed; so only a process that may
 * make tables can begin anew.
 */
export function createDynamoIndexWriter(session: IndexSession): AddressIndexWriter {
  const { stores } = session;
  /** Heights of blocks that this process has added, to save asking for their headers. */
  const heights = new Map<HashHex, number>();
  /** Where this process wrote last. */
  let written: number | undefined;

  async function heightOf(hash: HashHex): Promise<number | undefined> {
    return heights.get(hash) ?? (await stores.heightOf(hash));
  }

  return {
    async begin(base) {
      const draft = await startDraft(session, base);
      await draft.table.put(encodeRow(base, ZERO_HASH_HEX));
      const item = { ...BASE_KEY, h: numeric(base.height), hash: binary(fromHashHex(base.hash)) };
      await draft.table.put(item);
      heights.set(base.hash, base.height);
      session.draft = draft;
    },
    async seed(coins) {
      const { draft } = session;
      if (draft?.base === undefined) throw new RangeError("coins were seeded before their block");
      await seed(draft, draft.base, coins);
    },
    async add(blocks) {
      const target = await session.target();
      written = target.generation;
      const known = await rowsOf(
        blocks.flatMap((block) => [block, parentOf(block)]),
        target,
      );
      for (const block of blocks) {
        heights.set(block.hash, block.height);
        if (known.has(block.hash)) continue;
        const row = await addBlock(block, known.get(parentOf(block).hash), { target, session });
        known.set(block.hash, row);
      }
    },
    async follow(hash) {
      const at = await heightOf(hash);
      const { generation, table } = await session.target();
      // Somebody put another generation in use meanwhile: its cursor says where to go on.
      if (written !== undefined && written < generation && session.draft === undefined) return;
      const row =
        at === undefined ? undefined : await table.get(rowKey({ height: height(at), hash }));
      if (at === undefined || row === undefined) {
        throw new RangeError(`followed a block never added: ${hash}`);
      }
      const rev = (await stores.coins.tip())?.rev ?? 0;
      await stores.cursors.set("index", { rev, height: height(at), hash, generation });
      session.draft = undefined;
      heights.clear();
    },
    async clear() {
      session.draft = await startDraft(session, undefined);
      heights.clear();
    },
  };
}

/** A new table, which nobody reads yet. */
async function startDraft(
  { stores, draft }: IndexSession,
  base: BlockRow | undefined,
): Promise<IndexDraft> {
  const { tables, cursors } = stores;
  const cursor = await cursors.get("index");
  const first = Math.max(cursor?.generation ?? 0, draft?.generation ?? 0) + 1;
  for (let generation = first; generation < first + GENERATIONS_TRIED; generation++) {
    if (!(await tables.create(generation))) continue;
    const baseTime = base?.time ?? unixSeconds(0);
    const point = base === undefined ? undefined : { height: base.height, hash: base.hash };
    return { generation, table: tables.open(generation), base: point, baseTime, seeded: 0 };
  }
  throw new StoreFault(
    `${GENERATIONS_TRIED} generations of the index lie behind ${tables.open(first).name}. Run \`exos fleet gc\`.`,
    { retryable: false, code: "EXOS-E8105" },
  );
}

/** The parent's hash follows the version in every header. */
function parentOf({ height: at, bytes }: BlockToIndex): IndexPoint {
  return { height: height(at - 1), hash: toHashHex(bytes.slice(4, 36) as Hash256) };
}

/** Rows that are there already, by hash. */
async function rowsOf(
  points: readonly IndexPoint[],
  { table }: IndexTable,
): Promise<Map<HashHex, BlockRow>> {
  const wanted = points.filter((point) => point.height >= 0);
  const items = await table.getMany(wanted.map(rowKey));
  const rows = items.flatMap((item) => (item === undefined ? [] : [decodeRow(item)]));
  return new Map(rows.map(({ row }) => [row.hash, summed(row)]));
}

/** Only sums of a parent are read: its maker's script is not missed. */
function summed(row: IndexRow["row"]): BlockRow {
  return { ...row, makerScript: row.makerScript ?? new Uint8Array(0) };
}

async function addBlock(
  block: BlockToIndex,
  parent: BlockRow | undefined,
  { target, session }: { readonly target: IndexTable; readonly session: IndexSession },
): Promise<BlockRow> {
  const source = { ...session.stores, table: target.table };
  const { row, prev, items } = await blockItems(block, parent, {
    wire: session.stores.wire,
    outputs: (outpoints) => readOutputs(outpoints, source),
  });
  await putItems(items, block, target);
  await target.table.put(encodeRow(row, prev));
  return row;
}

/** Whoever does it again makes the same items in the same order, and goes on after those that are noted. */
async function putItems(
  items: readonly DynamoItem[],
  block: IndexPoint,
  { table }: IndexTable,
): Promise<void> {
  const key = progressKey(block);
  const noted = items.length > STEP_ITEMS ? await table.get(key) : undefined;
  for (let at = Number(noted?.["n"]?.N ?? 0); at < items.length; at += STEP_ITEMS) {
    const step = items.slice(at, at + STEP_ITEMS);
    await inParallel(step, PUTS_AT_ONCE, (item) => table.put(item));
    // What is left needs no note: the row says that all are there.
    const end = at + step.length;
    if (end < items.length) await table.put({ ...key, n: numeric(end) });
  }
}

async function seed(
  draft: IndexDraft,
  base: IndexPoint,
  coins: readonly SeedCoin[],
): Promise<void> {
  const { items, transactions } = seedItems(coins, {
    base,
    blockTime: draft.baseTime,
    number: draft.seeded,
  });
  await inParallel(items, PUTS_AT_ONCE, (item) => draft.table.put(item));
  draft.seeded += transactions;
}

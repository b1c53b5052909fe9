import { sql } from "kysely";
import type {
  AddressIndex,
  BlockRow,
  HistoryQuery,
  IndexPoint,
  OwnerSum,
  PageFault,
  PageQuery,
  Spender,
} from "#shared/ports/address-index.ts";
import {
  BEFORE_ALL,
  checkPageLimit,
  decodePageCursor,
  type Place,
  pageOf,
} from "#shared/ports/page-cursor.ts";
import {
  type Amount,
  amount,
  type HashHex,
  type Height,
  height,
  unixSeconds,
} from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import type { Result } from "#shared/primitives/result.ts";
import { blockRowOf, type IndexSchema, KINDS, kindAt, storedHash } from "./index-schema.ts";
import type { SqliteHandle } from "./sqlite-database.ts";
import { ownerKeyOf } from "./sqlite-index-writer.ts";

type Handle = SqliteHandle<IndexSchema>;

/** The readers' side of the index. */
export function createIndexReader(handle: Handle): AddressIndex {
  return { ...blockReader(handle), ...ownerReader(handle) };
}

/** The block that answers speak of. */
export async function topBlock({ kysely }: Handle): Promise<BlockRow | undefined> {
  const query = kysely.selectFrom("block").selectAll().where("active", "=", 1n);
  const row = await query.orderBy("height", "desc").limit(1).executeTakeFirst();
  return row === undefined ? undefined : blockRowOf(row);
}

async function activeBlock(
  { kysely }: Handle,
  id: Height | HashHex,
): Promise<BlockRow | undefined> {
  const active = kysely.selectFrom("block").selectAll().where("active", "=", 1n);
  const query =
    typeof id === "number"
      ? active.where("height", "=", BigInt(id))
      : active.where("hash", "=", fromHashHex(id));
  const row = await query.executeTakeFirst();
  return row === undefined ? undefined : blockRowOf(row);
}

type BlockReader = Pick<
  AddressIndex,
  "cursor" | "base" | "blockRow" | "blockRows" | "transactionPlace" | "outputs" | "spenders"
>;

function blockReader(handle: Handle): BlockReader {
  const { db, kysely } = handle;
  const nothing = new Uint8Array(0);
  const outputQuery = kysely
    .selectFrom("tx")
    .innerJoin("output", "output.tx", "tx.id")
    .select(["output.value", "output.script", "tx.time", "tx.kind"])
    .where("tx.txid", "=", nothing)
    .where("output.n", "=", 0n);
  const outputStatement = db.prepare(outputQuery.compile().sql);
  outputStatement.setReadBigInts(true);

  return {
    async cursor() {
      const row = await topBlock(handle);
      return row === undefined ? undefined : pointOf(row);
    },
    async base() {
      const query = kysely.selectFrom("block").selectAll().where("active", "=", 1n);
      const row = await query.orderBy("height").limit(1).executeTakeFirst();
      return row === undefined ? undefined : pointOf(blockRowOf(row));
    },
    blockRow: (id) => activeBlock(handle, id),
    async blockRows(heightMax, limit) {
      const query = kysely.selectFrom("block").selectAll().where("active", "=", 1n);
      const below = query.where("height", "<=", BigInt(heightMax)).orderBy("height", "desc");
      return (await below.limit(limit).execute()).map(blockRowOf);
    },
    async transactionPlace(txid) {
      const row = await kysely
        .selectFrom("tx")
        .innerJoin("place", "place.tx", "tx.id")
        .innerJoin("block", "block.id", "place.block")
        .select(["block.height", "block.hash", "block.time", "place.position"])
        .where("tx.txid", "=", fromHashHex(txid))
        .where("block.active", "=", 1n)
        .orderBy("block.height", "desc")
        .executeTakeFirst();
      return row === undefined ? undefined : placeOf(row);
    },
    async outputs(outpoints) {
      return outpoints.map(({ txid, index }) => {
        // A row of `outputQuery`.
        const row = outputStatement.get(txid, index) as
          | { value: bigint; script: Uint8Array; time: bigint; kind: bigint }
          | undefined;
        if (row === undefined) return undefined;
        const { value, script, time, kind } = row;
        return {
          value: amount(value),
          scriptPubKey: script,
          time: unixSeconds(Number(time)),
          kind: kindAt(kind),
        };
      });
    },
    async spenders(txid) {
      const rows = await kysely
        .selectFrom("tx")
        .innerJoin("spend", "spend.tx", "tx.id")
        .innerJoin("block", "block.id", "spend.block")
        .innerJoin("tx as by", "by.id", "spend.by_tx")
        .select(["spend.n", "spend.by_input", "by.txid", "block.height"])
        .where("tx.txid", "=", txid)
        .where("block.active", "=", 1n)
        .orderBy("block.height")
        .execute();
      return new Map(
        rows.map((row): [number, Spender] => [
          Number(row.n),
          {
            txid: storedHash(row.txid),
            input: Number(row.by_input),
            height: height(Number(row.height)),
          },
        ]),
      );
    },
  };
}

function ownerReader(handle: Handle): Pick<AddressIndex, "totals" | "history" | "coins"> {
  const { kysely } = handle;
  return {
    async totals(script) {
      const at = await topBlock(handle);
      if (at === undefined) throw new RangeError("the index follows no chain yet");
      const owner = await ownerId(handle, script);
      const kinds = await kindSums(handle, owner);
      const { count } = await coinRows(handle, owner, at.height)
        .select(kysely.fn.countAll<bigint>().as("count"))
        .executeTakeFirstOrThrow();
      return { at: pointOf(at), kinds, coins: Number(count) };
    },
    async history(query) {
      const started = await startOf(handle, query);
      if (!started.ok) return started;
      const { at, after } = started.value;
      const rows = await historyRows(handle, query, at.height, after);
      const found = rows.map((row) => ({
        ...placeOf(row),
        txid: storedHash(row.txid),
        kind: kindAt(row.kind),
        received: amount(row.received),
        sent: amount(row.sent),
      }));
      const page = pageOf(found, query, pointOf(at), (entry) => ({ ...entry, index: 0 }));
      return { ok: true, value: page };
    },
    async coins(query) {
      const started = await startOf(handle, query);
      if (!started.ok) return started;
      const { at, after } = started.value;
      const rows = await coinRows(handle, await ownerId(handle, query.script), at.height)
        .innerJoin("tx", "tx.id", "entry.tx")
        .leftJoin("origin", "origin.tx", "entry.tx")
        .select(["entry.height", "entry.position", "output.n", "output.value", "output.script"])
        .select(["tx.txid", "tx.time", "tx.kind", "origin.height as madeAt"])
        .where(
          sql<boolean>`(entry.height, entry.position, output.n)
            < (${after.height}, ${after.position}, ${after.index})`,
        )
        .orderBy("entry.height", "desc")
        .orderBy("entry.position", "desc")
        .orderBy("output.n", "desc")
        .limit(query.limit + 1)
        .execute();
      const page = pageOf(rows, query, pointOf(at), (row) => ({
        height: Number(row.height),
        position: Number(row.position),
        index: Number(row.n),
      }));
      const items = page.items.map((row) => ({
        txid: storedHash(row.txid),
        index: Number(row.n),
        height: height(Number(row.madeAt ?? row.height)),
        value: amount(row.value),
        scriptPubKey: row.script,
        time: unixSeconds(Number(row.time)),
        kind: kindAt(row.kind),
      }));
      return { ok: true, value: { ...page, items } };
    },
  };
}

/** @returns an id that no owner has where the script is not known */
async function ownerId({ kysely }: Handle, script: Uint8Array): Promise<bigint> {
  const key = ownerKeyOf(script);
  if (key === undefined) return -1n;
  const query = kysely.selectFrom("owner").select("id").where("key", "=", key);
  return (await query.executeTakeFirst())?.id ?? -1n;
}

/** Sums in two halves of 32 bits: a busy owner's turnover can pass 2^63, where SQLite gives up. */
async function kindSums(
  { kysely }: Handle,
  owner: bigint,
): Promise<Record<"ordinary" | "coinbase" | "coinstake", OwnerSum>> {
  const rows = await kysely
    .selectFrom("entry")
    .innerJoin("block", "block.id", "entry.block")
    .select(["entry.kind", kysely.fn.countAll<bigint>().as("count")])
    .select([
      sql<bigint>`sum(received >> 32)`.as("receivedHigh"),
      sql<bigint>`sum(received & 4294967295)`.as("receivedLow"),
      sql<bigint>`sum(sent >> 32)`.as("sentHigh"),
      sql<bigint>`sum(sent & 4294967295)`.as("sentLow"),
    ])
    .where("entry.owner", "=", owner)
    .where("block.active", "=", 1n)
    .groupBy("entry.kind")
    .execute();
  const whole = (high: bigint, low: bigint): Amount => amount((high << 32n) + low);
  const sumOf = (kind: (typeof KINDS)[number]): OwnerSum => {
    const row = rows.find((candidate) => kindAt(candidate.kind) === kind);
    if (row === undefined) return { transactions: 0, received: amount(0n), sent: amount(0n) };
    return {
      transactions: Number(row.count),
      received: whole(row.receivedHigh, row.receivedLow),
      sent: whole(row.sentHigh, row.sentLow),
    };
  };
  return {
    ordinary: sumOf("ordinary"),
    coinbase: sumOf("coinbase"),
    coinstake: sumOf("coinstake"),
  };
}

/**
 * Outputs of an owner that were unspent at a height: made by then, and not spent since. An owner has
 * entries only for what it can spend.
 */
function coinRows({ kysely }: Handle, owner: bigint, heightMax: number) {
  return kysely
    .selectFrom("entry")
    .innerJoin("block", "block.id", "entry.block")
    .innerJoin("output", (join) =>
      join
        .onRef("output.tx", "=", "entry.tx")
        .on(({ eb, or, ref }) =>
          or([
            eb("output.owner", "=", ref("entry.owner")),
            eb("output.staker", "=", ref("entry.owner")),
          ]),
        ),
    )
    .where("entry.owner", "=", owner)
    .where("entry.height", "<=", BigInt(heightMax))
    .where("block.active", "=", 1n)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("spend")
            .innerJoin("block as spent", "spent.id", "spend.block")
            .select("spend.n")
            .whereRef("spend.tx", "=", "output.tx")
            .whereRef("spend.n", "=", "output.n")
            .where("spent.active", "=", 1n)
            .whereRef("spent.height", ">=", "entry.height")
            .where("spent.height", "<=", BigInt(heightMax)),
        ),
      ),
    );
}

async function historyRows(handle: Handle, query: HistoryQuery, heightMax: number, after: Place) {
  const { kind, heightFrom = 0, heightTo = heightMax } = query;
  let rows = handle.kysely
    .selectFrom("entry")
    .innerJoin("block", "block.id", "entry.block")
    .innerJoin("tx", "tx.id", "entry.tx")
    .select(["entry.height", "entry.position", "entry.kind", "entry.received", "entry.sent"])
    .select(["block.hash", "block.time", "tx.txid"])
    .where("entry.owner", "=", await ownerId(handle, query.script))
    .where("block.active", "=", 1n)
    .where("entry.height", ">=", BigInt(heightFrom))
    .where("entry.height", "<=", BigInt(Math.min(heightMax, heightTo)))
    .where(sql<boolean>`(entry.height, entry.position) < (${after.height}, ${after.position})`);
  if (kind !== undefined) rows = rows.where("entry.kind", "=", BigInt(KINDS.indexOf(kind)));
  return rows
    .orderBy("entry.height", "desc")
    .orderBy("entry.position", "desc")
    .limit(query.limit + 1)
    .execute();
}

/** Where a list starts, and of which block it speaks. */
async function startOf(
  handle: Handle,
  query: PageQuery,
): Promise<Result<{ readonly at: BlockRow; readonly after: Place }, PageFault>> {
  checkPageLimit(query.limit);
  if (query.cursor === undefined) {
    const at = await topBlock(handle);
    if (at === undefined) throw new RangeError("the index follows no chain yet");
    return { ok: true, value: { at, after: BEFORE_ALL } };
  }
  const cursor = decodePageCursor(query.cursor);
  if (cursor === undefined) return { ok: false, error: "bad cursor" };
  const at = await activeBlock(handle, cursor.at);
  if (at === undefined) return { ok: false, error: "cursor left the chain" };
  return { ok: true, value: { at, after: cursor.after } };
}

function placeOf(row: { height: bigint; hash: Uint8Array; time: bigint; position: bigint }) {
  return {
    height: height(Number(row.height)),
    hash: storedHash(row.hash),
    blockTime: unixSeconds(Number(row.time)),
    position: Number(row.position),
  };
}

function pointOf({ height: at, hash }: BlockRow): IndexPoint {
  return { height: at, hash };
}

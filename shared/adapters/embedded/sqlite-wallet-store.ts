import { chmodSync } from "node:fs";
import type { ColumnType } from "kysely";
import type { WalletStore, WalletStores } from "#shared/ports/wallet-store.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { openSqliteDatabase, type SqliteHandle } from "./sqlite-database.ts";
import { storeFault, storeFaultOf } from "./store-fault-of.ts";

/** An integer, read as bigint. */
type Integer = ColumnType<bigint, bigint | number, bigint | number>;

interface WalletSchema {
  account: { wallet: string; account: Integer; key: string };
  watched: { wallet: string; list: string; n: Integer; key: Uint8Array };
  given: { wallet: string; list: string; count: Integer };
  label: { wallet: string; script: string; label: string };
  note: { wallet: string; txid: string; seen: Integer; comment: string; comment_to: string };
}

type Handle = SqliteHandle<WalletSchema>;

/** Raised when an older version could not read the result. */
const WALLET_STORE_VERSION = 1;

const WALLET_DDL = `
create table if not exists account (
  wallet text, account integer, key text not null, primary key (wallet, account)) without rowid;
create table if not exists watched (
  wallet text, list text, n integer, key blob not null,
  primary key (wallet, list, n)) without rowid;
create table if not exists given (
  wallet text, list text, count integer not null, primary key (wallet, list)) without rowid;
create table if not exists label (
  wallet text, script text, label text not null, primary key (wallet, script)) without rowid;
create table if not exists note (
  wallet text, txid text, seen integer not null, comment text not null, comment_to text not null,
  primary key (wallet, txid)) without rowid;
pragma user_version = ${WALLET_STORE_VERSION}`;

/** Only its owner may read what a wallet is called and whom it pays. */
const PRIVATE_MODE = 0o600;

/**
 * What the wallets of a folder know besides their keys, in one small file.
 *
 * @param path of the file, made where absent, or `:memory:`
 * @throws StoreFault when it cannot be opened, or a newer version wrote it (`EXOS-E1005`)
 */
export function openSqliteWalletStores(path: string): WalletStores & AsyncDisposable {
  const guard = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (cause) {
      throw storeFaultOf(cause, path, "the wallets' notes");
    }
  };
  const handle = openFile(path);
  return {
    of: (wallet) => guarded(storeOf(handle, wallet), guard),
    [Symbol.asyncDispose]: () => handle.kysely.destroy(),
  };
}

function openFile(path: string): Handle {
  try {
    const handle = openSqliteDatabase<WalletSchema>(path);
    const version = handle.db.prepare("pragma user_version").get()?.["user_version"];
    if (typeof version !== "number" || version > WALLET_STORE_VERSION) {
      handle.db.close();
      throw storeFault("EXOS-E1005", `${path} has version ${version}`);
    }
    handle.db.exec(WALLET_DDL);
    if (path !== ":memory:") chmodSync(path, PRIVATE_MODE);
    return handle;
  } catch (cause) {
    throw storeFaultOf(cause, path, "the wallets' notes");
  }
}

/** The same store, whose faults are those of the port. */
function guarded(store: WalletStore, guard: <T>(run: () => Promise<T>) => Promise<T>): WalletStore {
  return {
    accountKeys: () => guard(() => store.accountKeys()),
    addAccountKey: (account, key) => guard(() => store.addAccountKey(account, key)),
    keys: (list) => guard(() => store.keys(list)),
    addKeys: (list, from, keys) => guard(() => store.addKeys(list, from, keys)),
    given: (list) => guard(() => store.given(list)),
    raiseGiven: (list, count) => guard(() => store.raiseGiven(list, count)),
    labels: () => guard(() => store.labels()),
    setLabel: (script, label) => guard(() => store.setLabel(script, label)),
    note: (txid) => guard(() => store.note(txid)),
    setNote: (txid, note) => guard(() => store.setNote(txid, note)),
  };
}

function storeOf(handle: Handle, wallet: string): WalletStore {
  const { kysely } = handle;
  return {
    ...keysOf(handle, wallet),
    async given(list) {
      const query = kysely.selectFrom("given").select("count").where("wallet", "=", wallet);
      return Number((await query.where("list", "=", list).executeTakeFirst())?.count ?? 0n);
    },
    async raiseGiven(list, count) {
      const row = kysely.insertInto("given").values({ wallet, list, count });
      await row
        .onConflict((known) =>
          known
            .columns(["wallet", "list"])
            .doUpdateSet({ count })
            .where("given.count", "<", BigInt(count)),
        )
        .execute();
    },
    async labels() {
      const query = kysely.selectFrom("label").select(["script", "label"]);
      const rows = await query.where("wallet", "=", wallet).execute();
      return new Map(rows.map(({ script, label }) => [script, label]));
    },
    async setLabel(script, label) {
      if (label === "") {
        const known = kysely.deleteFrom("label").where("wallet", "=", wallet);
        await known.where("script", "=", script).execute();
        return;
      }
      await kysely
        .insertInto("label")
        .values({ wallet, script, label })
        .onConflict((known) => known.columns(["wallet", "script"]).doUpdateSet({ label }))
        .execute();
    },
    ...notesOf(handle, wallet),
  };
}

function keysOf(
  { kysely, db }: Handle,
  wallet: string,
): Pick<WalletStore, "accountKeys" | "addAccountKey" | "keys" | "addKeys"> {
  return {
    async accountKeys() {
      const query = kysely.selectFrom("account").select(["account", "key"]);
      const rows = await query.where("wallet", "=", wallet).execute();
      return new Map(rows.map(({ account, key }) => [Number(account), key]));
    },
    async addAccountKey(account, key) {
      const row = kysely.insertInto("account").values({ wallet, account, key });
      await row.onConflict((known) => known.doNothing()).execute();
    },
    async keys(list) {
      const query = kysely.selectFrom("watched").select("key").where("wallet", "=", wallet);
      const rows = await query.where("list", "=", list).orderBy("n").execute();
      return rows.map(({ key }) => key);
    },
    async addKeys(list, from, keys) {
      // One statement has room for 8,191 rows, and a part of an import would count as the whole.
      const row = db.prepare(
        "insert or ignore into watched (wallet, list, n, key) values (?, ?, ?, ?)",
      );
      db.exec("begin");
      try {
        for (const [index, key] of keys.entries()) row.run(wallet, list, from + index, key);
        db.exec("commit");
      } catch (cause) {
        db.exec("rollback");
        throw cause;
      }
    },
  };
}

function notesOf(
  { kysely }: Pick<Handle, "kysely">,
  wallet: string,
): Pick<WalletStore, "note" | "setNote"> {
  return {
    async note(txid) {
      const query = kysely.selectFrom("note").selectAll().where("wallet", "=", wallet);
      const row = await query.where("txid", "=", txid).executeTakeFirst();
      if (row === undefined) return undefined;
      const { seen, comment, comment_to: commentTo } = row;
      return { seen: unixSeconds(Number(seen)), comment, commentTo };
    },
    async setNote(txid: HashHex, { seen, comment, commentTo }) {
      const row = { wallet, txid, seen, comment, comment_to: commentTo };
      const changes = { comment, comment_to: commentTo };
      await kysely
        .insertInto("note")
        .values(row)
        .onConflict((known) => known.columns(["wallet", "txid"]).doUpdateSet(changes))
        .execute();
    },
  };
}

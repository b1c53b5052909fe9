import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { Kysely, type SqliteDatabase, SqliteDialect } from "kysely";

/** A connection, and kysely on it. Integers come back as bigint: amounts pass 2^53. */
export interface SqliteHandle<Schema> {
  /** For what runs many times: statements that kysely compiled once. */
  readonly db: DatabaseSync;
  readonly kysely: Kysely<Schema>;
}

/**
 * Kysely on Node's own SQLite: kysely's dialect asks for two methods of better-sqlite3, and this is
 * the difference. A crash of the machine may lose the last transactions, never half of one.
 *
 * @param path of the file, or `:memory:`
 */
export function openSqliteDatabase<Schema>(path: string): SqliteHandle<Schema> {
  const db = new DatabaseSync(path, { timeout: 1_000 });
  db.exec("pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -32768");

  const database: SqliteDatabase = {
    close: () => db.close(),
    prepare(sql) {
      const statement = db.prepare(sql);
      statement.setReadBigInts(true);
      // Kysely passes on what the query was built with, which its types have checked.
      const bind = (values: readonly unknown[]) => values as SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (values) => statement.all(...bind(values)),
        run: (values) => statement.run(...bind(values)),
        iterate: (values) => statement.iterate(...bind(values)),
      };
    },
  };
  return { db, kysely: new Kysely<Schema>({ dialect: new SqliteDialect({ database }) }) };
}

import type { ColumnType, Generated, Selectable } from "kysely";
import type { BlockRow } from "#shared/ports/address-index.ts";
import {
  amount,
  type Hash256,
  type HashHex,
  height,
  unixSeconds,
} from "#shared/primitives/brand.ts";
import type { CoinKind } from "#shared/primitives/coin.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** An integer, read as bigint. */
type Integer = ColumnType<bigint, bigint | number, bigint | number>;

/** Facts about blocks, and in `block.active` which of them count. Hashes are in wire order. */
export interface IndexSchema {
  block: {
    id: Generated<bigint>;
    hash: Uint8Array;
    parent: ColumnType<bigint | null, bigint | number | null, never>;
    active: Integer;
    height: Integer;
    time: Integer;
    stake: Integer;
    transactions: Integer;
    inputs: Integer;
    outputs: Integer;
    size: Integer;
    fees: Integer;
    reward: Integer;
    maker_script: Uint8Array;
    transactions_sum: Integer;
    coins_sum: Integer;
    supply: Integer;
    unspendable_sum: Integer;
  };
  /** `key` is the SHA-256 of the owner's script. */
  owner: { id: Generated<bigint>; key: Uint8Array };
  /** A transaction once, however many blocks hold it. */
  tx: { id: Generated<bigint>; txid: Uint8Array; time: Integer; kind: Integer };
  /** Where a transaction stood whose block was below the first one. */
  origin: { tx: Integer; height: Integer };
  place: { tx: Integer; block: Integer; position: Integer };
  output: {
    tx: Integer;
    n: Integer;
    value: Integer;
    owner: ColumnType<bigint | null, bigint | number | null, never>;
    /** Another owner, under whom it is listed too: the hot key's. */
    staker: ColumnType<bigint | null, bigint | number | null, never>;
    script: Uint8Array;
  };
  spend: { tx: Integer; n: Integer; block: Integer; by_tx: Integer; by_input: Integer };
  entry: {
    owner: Integer;
    height: Integer;
    position: Integer;
    block: Integer;
    tx: Integer;
    kind: Integer;
    received: Integer;
    sent: Integer;
  };
}

/** Raised when a file of an earlier version must be built again. */
export const INDEX_VERSION = 2;

/** Names of all tables of the index. */
export const INDEX_TABLES = [
  "block",
  "owner",
  "tx",
  "origin",
  "place",
  "output",
  "spend",
  "entry",
] as const;

/** Keys are those of the questions; every look-up is one walk down one tree. */
export const INDEX_DDL = `
create table if not exists block (
  id integer primary key, hash blob not null unique, parent integer, active integer not null,
  height integer not null, time integer not null, stake integer not null,
  transactions integer not null, inputs integer not null, outputs integer not null,
  size integer not null, fees integer not null, reward integer not null,
  maker_script blob not null, transactions_sum integer not null, coins_sum integer not null,
  supply integer not null, unspendable_sum integer not null);
create unique index if not exists block_active on block (height) where active = 1;
create table if not exists owner (id integer primary key, key blob not null unique);
create table if not exists tx (
  id integer primary key, txid blob not null unique, time integer not null, kind integer not null);
create table if not exists origin (tx integer primary key, height integer not null);
create table if not exists place (
  tx integer, block integer, position integer not null, primary key (tx, block)) without rowid;
create table if not exists output (
  tx integer, n integer, value integer not null, owner integer, staker integer,
  script blob not null, primary key (tx, n)) without rowid;
create table if not exists spend (
  tx integer, n integer, block integer, by_tx integer not null, by_input integer not null,
  primary key (tx, n, block)) without rowid;
create table if not exists entry (
  owner integer, height integer, position integer, block integer, tx integer not null,
  kind integer not null, received integer not null, sent integer not null,
  primary key (owner, height, position, block)) without rowid;
pragma user_version = ${INDEX_VERSION}`;

/** A kind is stored as its place here. */
export const KINDS: readonly CoinKind[] = ["ordinary", "coinbase", "coinstake"];

/** The kind behind the number that SQLite keeps. */
export function kindAt(stored: bigint | number): CoinKind {
  return KINDS[Number(stored)] ?? "ordinary";
}

/** A hash as SQLite keeps it. */
export function storedHash(bytes: Uint8Array): HashHex {
  return toHashHex(bytes as Hash256);
}

/** A row of the table of blocks as readers have it. */
export function blockRowOf(stored: Selectable<IndexSchema["block"]>): BlockRow {
  return {
    height: height(Number(stored.height)),
    hash: storedHash(stored.hash),
    time: unixSeconds(Number(stored.time)),
    proofKind: stored.stake === 1n ? "stake" : "work",
    transactions: Number(stored.transactions),
    inputs: Number(stored.inputs),
    outputs: Number(stored.outputs),
    size: Number(stored.size),
    fees: amount(stored.fees),
    reward: amount(stored.reward),
    makerScript: stored.maker_script,
    transactionsSum: Number(stored.transactions_sum),
    coinsSum: Number(stored.coins_sum),
    supply: amount(stored.supply),
    unspendableSum: amount(stored.unspendable_sum),
  };
}

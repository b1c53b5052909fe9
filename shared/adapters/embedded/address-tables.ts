import { createHash } from "node:crypto";
import type { KnownAddress } from "#shared/codec/messages/network-address.ts";
import { formatEndpoint } from "#shared/p2p/endpoint-text.ts";
import { formatIp, networkGroup } from "#shared/p2p/ip-address.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";

/** One address, and what became of it. Times are 0 where it never happened. */
export interface AddressRow extends KnownAddress {
  /** Who told of it. */
  readonly source: Uint8Array;
  readonly lastAttempt: UnixSeconds;
  readonly lastAnswer: UnixSeconds;
  /** Since it last answered. */
  readonly attempts: number;
}

export type TableName = "told" | "tried";

/** Buckets of each table, each with 64 places. @source AddrManImpl (Bitcoin Core 28.0), a quarter */
const BUCKETS: Readonly<Record<TableName, number>> = { told: 256, tried: 64 };
const PLACES = 64;
/** Of how many buckets one network of sources may fill places in the first table. */
const BUCKETS_OF_SOURCE = 16;
/** Of how many buckets one network of addresses may fill places in the second. */
const BUCKETS_OF_GROUP = 4;

/** The name of an address in every table. */
export const rowKey = ({ ip, port }: Pick<AddressRow, "ip" | "port">): string =>
  formatEndpoint({ host: formatIp(ip), port });

/** Two tables of addresses whose place follows from a secret; an address stands in one of them. */
export class AddressTables {
  readonly #secret: Uint8Array;
  readonly #rows = new Map<string, { row: AddressRow; table: TableName; place: string }>();
  readonly #places: Readonly<Record<TableName, Map<number, Map<string, string>>>> = {
    told: new Map(),
    tried: new Map(),
  };
  readonly #sizes: Record<TableName, number> = { told: 0, tried: 0 };

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  get(key: string): { readonly row: AddressRow; readonly table: TableName } | undefined {
    return this.#rows.get(key);
  }

  rows(): Iterable<{ readonly row: AddressRow; readonly table: TableName }> {
    return this.#rows.values();
  }

  size(table: TableName): number {
    return this.#sizes[table];
  }

  /** Who stands where this row would stand. */
  holder(table: TableName, row: AddressRow): AddressRow | undefined {
    const { bucket, place } = this.#placeOf(table, row);
    const key = this.#places[table].get(bucket)?.get(place);
    return key === undefined ? undefined : this.#rows.get(key)?.row;
  }

  /** Put a row in its place. Whoever stood there, and the same address elsewhere, is gone. */
  put(table: TableName, row: AddressRow): void {
    const key = rowKey(row);
    const { bucket, place } = this.#placeOf(table, row);
    this.remove(key);
    const held = this.#places[table].get(bucket)?.get(place);
    if (held !== undefined) this.remove(held);
    const places = this.#places[table].get(bucket) ?? new Map<string, string>();
    places.set(place, key);
    this.#places[table].set(bucket, places);
    this.#rows.set(key, { row, table, place: `${bucket}/${place}` });
    this.#sizes[table]++;
  }

  /** Change what is known of an address, which stays where it is. */
  update(key: string, change: Partial<AddressRow>): void {
    const held = this.#rows.get(key);
    if (held !== undefined) held.row = { ...held.row, ...change };
  }

  remove(key: string): void {
    const held = this.#rows.get(key);
    if (held === undefined) return;
    const [bucket = "", place = ""] = held.place.split("/");
    const places = this.#places[held.table].get(Number(bucket));
    places?.delete(place);
    if (places?.size === 0) this.#places[held.table].delete(Number(bucket));
    this.#rows.delete(key);
    this.#sizes[held.table]--;
  }

  /** Any row: first a bucket by chance, then one of it. @param chance uniform in [0, 1) */
  draw(table: TableName, chance: () => number): AddressRow | undefined {
    const buckets = [...this.#places[table].values()];
    const keys = [...(buckets[Math.floor(chance() * buckets.length)]?.values() ?? [])];
    const key = keys[Math.floor(chance() * keys.length)];
    return key === undefined ? undefined : this.#rows.get(key)?.row;
  }

  #placeOf(table: TableName, row: AddressRow): { bucket: number; place: string } {
    const key = rowKey(row);
    const group = networkGroup(row.ip);
    const source = networkGroup(row.source);
    const within =
      table === "told"
        ? [source, this.#number("group", group, source) % BUCKETS_OF_SOURCE]
        : [group, this.#number("key", key) % BUCKETS_OF_GROUP];
    const bucket = this.#number(table, ...within) % BUCKETS[table];
    return { bucket, place: String(this.#number("place", table, bucket, key) % PLACES) };
  }

  #number(...parts: readonly (string | number)[]): number {
    const hash = createHash("sha256").update(this.#secret).update(parts.join("|")).digest();
    return hash.readUIntBE(0, 6);
  }
}

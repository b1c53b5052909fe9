import type { KnownAddress, NetworkAddress } from "#shared/codec/messages/network-address.ts";
import { isRoutable } from "#shared/p2p/ip-address.ts";
import type { AddressBook } from "#shared/ports/address-book.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Entropy } from "#shared/ports/entropy.ts";
import { type UnixSeconds, unixSeconds } from "#shared/primitives/brand.ts";
import { type AddressRow, AddressTables, rowKey, type TableName } from "./address-tables.ts";

/** What a book needs of its node. */
export interface BookSetup {
  readonly clock: Pick<Clock, "now">;
  readonly entropy: Entropy;
  /** Whether addresses of private networks and of this machine are left out. */
  readonly routableOnly: boolean;
}

/** What a book begins with. */
export interface BookContent {
  readonly secret: Uint8Array;
  readonly rows: Iterable<{ readonly row: AddressRow; readonly table: TableName }>;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NEVER = unixSeconds(0);
/** Places that one good newcomer after the other waits for. */
const CONTESTS_MAX = 10;
/** Two hours older than the peer says: it may have heard it from somebody else. */
const TIME_PENALTY = 2 * HOUR;
/** Times before 1973 are no times of ours. */
const TIME_MIN = 100_000_000;
const CHANCE_BYTES = 4_096;
/** An unlucky draw is drawn again so often. */
const DRAWS_MAX = 64;
/** Of all good addresses, nobody is told more. @source AddrMan::GetAddr (Bitcoin Core 28.0) */
const SAMPLE_PERCENT = 23;

/**
 * Whether nothing speaks for an address any more. Unlike there, a time in the future says nothing:
 * it is our clock that went back, since none is taken in.
 * @source AddrInfo::IsTerrible (Bitcoin Core 28.0)
 */
function isHopeless(row: AddressRow, now: UnixSeconds): boolean {
  if (row.lastAttempt > now - MINUTE) return false;
  if (row.time < now - 30 * DAY) return true;
  if (row.lastAnswer === NEVER) return row.attempts >= 3;
  return row.attempts >= 10 && row.lastAnswer < now - 7 * DAY;
}

/** How likely an address is taken when it is drawn. @source AddrInfo::GetChance (Core 28.0) */
function chanceOf(row: AddressRow, now: UnixSeconds): number {
  const recent = row.lastAttempt > now - 10 * MINUTE ? 0.01 : 1;
  return recent * 0.66 ** Math.min(row.attempts, 8);
}

/** A book that is forgotten with the process. */
export class MemoryAddressBook implements AddressBook {
  /** 32 bytes that decide where each address stands. */
  readonly secret: Uint8Array;
  readonly #setup: BookSetup;
  readonly #tables: AddressTables;
  /** Good newcomers, whose place another holds. */
  readonly #waiting = new Set<string>();
  #chances: DataView | undefined;
  #chanceAt = 0;

  constructor(setup: BookSetup, content?: BookContent) {
    this.secret = content?.secret ?? setup.entropy.bytes(32);
    this.#setup = setup;
    this.#tables = new AddressTables(this.secret);
    for (const { row, table } of content?.rows ?? []) this.#tables.put(table, row);
  }

  rows(): Iterable<{ readonly row: AddressRow; readonly table: TableName }> {
    return this.#tables.rows();
  }

  add(addresses: readonly KnownAddress[], source: Uint8Array): number {
    return addresses.filter((address) => this.#add(address, source)).length;
  }

  attempted(address: Pick<NetworkAddress, "ip" | "port">): void {
    const key = rowKey(address);
    const attempts = (this.#tables.get(key)?.row.attempts ?? 0) + 1;
    this.#tables.update(key, { lastAttempt: this.#setup.clock.now(), attempts });
  }

  answered(address: NetworkAddress): void {
    const key = rowKey(address);
    const now = this.#setup.clock.now();
    this.#add({ ...address, time: now }, address.ip);
    const { services } = address;
    const times = { time: now, lastAnswer: now, lastAttempt: now };
    this.#tables.update(key, { ...times, attempts: 0, services });
    const held = this.#tables.get(key);
    if (held === undefined || held.table === "tried") return;
    const free = this.#tables.holder("tried", held.row) === undefined;
    if (free) this.#tables.put("tried", held.row);
    else if (this.#waiting.size < CONTESTS_MAX) this.#waiting.add(key);
  }

  pick(fresh: boolean): KnownAddress | undefined {
    this.#settle();
    const now = this.#setup.clock.now();
    for (let factor = 1, turn = 0; turn < DRAWS_MAX; turn++, factor *= 1.2) {
      const first = fresh || this.#chance() < 0.5 ? "told" : "tried";
      const second = !fresh && first === "told" ? "tried" : "told";
      const row = this.#draw(first) ?? this.#draw(second);
      if (row === undefined) return undefined;
      if (isHopeless(row, now)) this.#tables.remove(rowKey(row));
      else if (this.#chance() < factor * chanceOf(row, now)) return known(row);
    }
    return undefined;
  }

  contested(): KnownAddress | undefined {
    this.#settle();
    const [first = ""] = this.#waiting;
    const newcomer = this.#tables.get(first);
    const holder = newcomer && this.#tables.holder("tried", newcomer.row);
    return holder && known(holder);
  }

  sample(countMax: number): KnownAddress[] {
    const now = this.#setup.clock.now();
    const good = [...this.rows()].filter(({ row }) => !isHopeless(row, now));
    const count = Math.min(countMax, Math.ceil((good.length * SAMPLE_PERCENT) / 100));
    return Array.from({ length: count }, () => {
      const at = Math.floor(this.#chance() * good.length);
      return good.splice(at, 1).map(({ row }) => known(row));
    }).flat();
  }

  sizes() {
    return { told: this.#tables.size("told"), tried: this.#tables.size("tried") };
  }

  async save(): Promise<void> {
    // Nothing is kept.
  }

  /** Uniform in [0, 1). Drawn a thousand at a time: one call of the system's costs as much. */
  #chance(): number {
    this.#chances ??= new DataView(this.#setup.entropy.bytes(CHANCE_BYTES).buffer);
    const chance = this.#chances.getUint32(this.#chanceAt) / 2 ** 32;
    this.#chanceAt = (this.#chanceAt + 4) % CHANCE_BYTES;
    if (this.#chanceAt === 0) this.#chances = undefined;
    return chance;
  }

  #draw(table: TableName): AddressRow | undefined {
    return this.#tables.draw(table, () => this.#chance());
  }

  #add(address: KnownAddress, source: Uint8Array): boolean {
    const now = this.#setup.clock.now();
    const outside = this.#setup.routableOnly && !isRoutable(address.ip);
    if (address.port === 0 || outside) return false;
    // Nobody knows when such an address was seen; five days ago is what others assume.
    const odd = address.time <= TIME_MIN || address.time > now + 10 * MINUTE;
    const time = unixSeconds(Math.max(0, (odd ? now - 5 * DAY : address.time) - TIME_PENALTY));
    const held = this.#tables.get(rowKey(address))?.row;
    if (held !== undefined) {
      const services = held.services | address.services;
      const latest = unixSeconds(Math.max(time, held.time));
      this.#tables.update(rowKey(address), { time: latest, services });
      return false;
    }
    const row: AddressRow = {
      ip: address.ip.slice(),
      port: address.port,
      services: address.services,
      time,
      source: source.slice(),
      lastAttempt: NEVER,
      lastAnswer: NEVER,
      attempts: 0,
    };
    const holder = this.#tables.holder("told", row);
    if (isHopeless(row, now) || (holder !== undefined && !isHopeless(holder, now))) return false;
    this.#tables.put("told", row);
    return true;
  }

  /**
   * A place goes to the newcomer where the old one was asked again and is silent, and stays with
   * one that answered in the last four hours. @source AddrManImpl::ResolveCollisions_ (Core 28.0)
   */
  #settle(): void {
    const now = this.#setup.clock.now();
    for (const key of this.#waiting) {
      const held = this.#tables.get(key);
      const holder = held && this.#tables.holder("tried", held.row);
      if (held === undefined || held.table === "tried") {
        this.#waiting.delete(key);
      } else if (holder === undefined) {
        this.#waiting.delete(key);
        this.#tables.put("tried", held.row);
      } else if (holder.lastAnswer > now - 4 * HOUR) {
        this.#waiting.delete(key);
      } else if (holder.lastAttempt > holder.lastAnswer && holder.lastAttempt < now - MINUTE) {
        this.#waiting.delete(key);
        this.#tables.put("tried", held.row);
        // It may be only asleep: it goes back to those that somebody told of.
        if (this.#tables.holder("told", holder) === undefined) this.#tables.put("told", holder);
      }
    }
  }
}

const known = ({ ip, port, services, time }: AddressRow): KnownAddress => ({
  ip,
  port,
  services,
  time,
});

import type { KnownAddress } from "#shared/codec/messages/network-address.ts";
import { formatIp, parseIp } from "#shared/p2p/ip-address.ts";
import type { SavedState } from "#shared/ports/saved-state.ts";
import { type UnixSeconds, unixSeconds } from "#shared/primitives/brand.ts";
import { parseHex, toHex } from "#shared/primitives/hex.ts";
import type { AddressRow, TableName } from "./address-tables.ts";
import { jsonFile } from "./json-file.ts";
import { type BookContent, type BookSetup, MemoryAddressBook } from "./memory-address-book.ts";

/** A book on disk, and whether it was lost. */
export interface OpenedBook {
  readonly book: MemoryAddressBook;
  /** The file was there and could not be understood: the book begins anew. */
  readonly damaged: boolean;
}

/** The form of the file. A program that finds another begins a new book. */
const VERSION = 1;

/** Numbers that stand for one row of the file. */
type FileRow = readonly [
  host: string,
  port: number,
  services: string,
  time: number,
  source: string,
  lastAttempt: number,
  lastAnswer: number,
  attempts: number,
  tried: 0 | 1,
];

class SavedAddressBook extends MemoryAddressBook {
  readonly #state: SavedState;
  #saving: Promise<void> = Promise.resolve();

  constructor(state: SavedState, setup: BookSetup, content?: BookContent) {
    super(setup, content);
    this.#state = state;
  }

  /** One at a time: the last one to be asked for is the last one written. */
  override save(): Promise<void> {
    const write = () => this.#state.write(this.#content());
    this.#saving = this.#saving.then(write, write);
    return this.#saving;
  }

  #content() {
    const rows = Array.from(this.rows(), ({ row, table }) => fileRow(row, table));
    return { version: VERSION, secret: toHex(this.secret), rows };
  }
}

/** The book that is kept in a file. @throws StoreFault when it is there and cannot be read */
export function openDiskAddressBook(path: string, setup: BookSetup): Promise<OpenedBook> {
  return openSavedAddressBook(jsonFile(path), setup);
}

/**
 * The book that was kept, or an empty one. Every save writes all of it, 1.6 MB where it is full.
 *
 * @throws StoreFault when it is there and cannot be read
 */
export async function openSavedAddressBook(
  state: SavedState,
  setup: BookSetup,
): Promise<OpenedBook> {
  const saved = await state.read();
  if (saved === undefined) return { book: new SavedAddressBook(state, setup), damaged: false };
  const content = saved === "damaged" ? undefined : parseContent(saved.value);
  return { book: new SavedAddressBook(state, setup, content), damaged: content === undefined };
}

function fileRow(row: AddressRow, table: TableName): FileRow {
  return [
    formatIp(row.ip),
    row.port,
    row.services.toString(16),
    row.time,
    formatIp(row.source),
    row.lastAttempt,
    row.lastAnswer,
    row.attempts,
    table === "tried" ? 1 : 0,
  ];
}

function parseContent(value: unknown): BookContent | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { version, secret, rows }: { version?: unknown; secret?: unknown; rows?: unknown } = value;
  if (version !== VERSION || typeof secret !== "string" || !Array.isArray(rows)) return undefined;
  const bytes = parseHex(secret);
  const parsed = rows.map(parseRow);
  const whole = parsed.filter((row) => row !== undefined);
  if (bytes?.length !== 32 || whole.length !== rows.length) return undefined;
  return { secret: bytes, rows: whole };
}

const isTime = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32;

function parseRow(value: unknown): { row: AddressRow; table: TableName } | undefined {
  if (!Array.isArray(value)) return undefined;
  const [host, port, services, time, source, lastAttempt, lastAnswer, attempts, tried]: unknown[] =
    value;
  const [ip, from] = [parseIp(String(host)), parseIp(String(source))];
  const numbers = [time, lastAttempt, lastAnswer, attempts, port];
  if (ip === undefined || from === undefined || !numbers.every(isTime)) return undefined;
  if (!/^[0-9a-f]{1,16}$/.test(String(services))) return undefined;
  const [seen, asked, answered, tries, at] = numbers.map(Number);
  const second = (number = 0): UnixSeconds => unixSeconds(number);
  const address: KnownAddress = {
    ip,
    port: at ?? 0,
    services: BigInt(`0x${String(services)}`),
    time: second(seen),
  };
  const times = { lastAttempt: second(asked), lastAnswer: second(answered) };
  const row = { ...address, ...times, source: from, attempts: tries ?? 0 };
  return { row, table: tried === 1 ? "tried" : "told" };
}

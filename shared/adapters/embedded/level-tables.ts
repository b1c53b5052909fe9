import { crc32 } from "node:zlib";
import { type BatchOperation, ClassicLevel } from "classic-level";
import { storeFault, storeFaultOf } from "./store-fault-of.ts";

/** How the values of one table become bytes. */
export interface ValueCodec<Value> {
  encode(value: Value): Uint8Array;
  /** @param bytes the caller's to keep @throws anything when they are damaged */
  decode(bytes: Uint8Array): Value;
  /** About how many bytes a value holds in memory. */
  sizeOf(value: Value): number;
}

/** One table: keys are hex, values what was set last, written or not. */
export interface LevelTable<Value> {
  /** @throws StoreFault when the bytes are damaged */
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
}

/** What waits for its write: a value of any table, or that the key is to go. */
interface Pending {
  readonly encode: (() => Uint8Array) | undefined;
  readonly value: unknown;
}

type Operation = BatchOperation<ClassicLevel<string, Uint8Array>, string, Uint8Array>;

/** Bytes that may wait in memory before they are written. */
const PENDING_BYTES_MAX = 2 * 1_048_576;

/** What a flush writes when nothing waits, so that the log is synced up to it. */
const SYNC_KEY = "00";

const CHECKSUM_BYTES = 4;

/** Bytes that a scan reads ahead. */
const SCAN_BYTES = 262_144;

/** Bytes with their CRC-32 before them: LevelDB does not check what it reads. */
function seal(bytes: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(CHECKSUM_BYTES + bytes.length);
  new DataView(sealed.buffer).setUint32(0, crc32(bytes), true);
  sealed.set(bytes, CHECKSUM_BYTES);
  return sealed;
}

/** The bytes without their checksum, as a view; `undefined` when they are not those sealed. */
function unseal(sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < CHECKSUM_BYTES) return undefined;
  // A plain view: LevelDB hands out a Buffer, whose `slice` is not a copy.
  const bytes = new Uint8Array(
    sealed.buffer,
    sealed.byteOffset + CHECKSUM_BYTES,
    sealed.length - CHECKSUM_BYTES,
  );
  const view = new DataView(sealed.buffer, sealed.byteOffset);
  return view.getUint32(0, true) === crc32(bytes) ? bytes : undefined;
}

/**
 * Tables in one LevelDB, each under a byte of its own. Sets wait in memory, are seen by every read
 * at once, and are written together: without a sync when two mebibytes wait, with one by `flush`.
 * One write is atomic, so after a crash all tables stand at one moment.
 */
export class LevelTables implements AsyncDisposable {
  readonly #db: ClassicLevel<string, Uint8Array>;
  readonly #folder: string;
  #pending = new Map<string, Pending>();
  #writing: ReadonlyMap<string, Pending> = new Map();
  #pendingBytes = 0;
  #lastWrite: Promise<void> = Promise.resolve();
  /** Whether something may be written and not synced; what a killed process wrote counts too. */
  #unsynced = true;
  /** Whether the last write failed, which its caller has been told. */
  #failed = false;

  private constructor(db: ClassicLevel<string, Uint8Array>, folder: string) {
    this.#db = db;
    this.#folder = folder;
  }

  /** @throws StoreFault when the folder is held, not writable, full or damaged */
  static async open(folder: string): Promise<LevelTables> {
    const db = new ClassicLevel<string, Uint8Array>(folder, {
      keyEncoding: "hex",
      valueEncoding: "view",
      // Hashes and signatures do not compress.
      compression: false,
      writeBufferSize: 16 * 1_048_576,
    });
    try {
      await db.open();
    } catch (cause) {
      throw storeFaultOf(cause, folder, "opening the store");
    }
    return new LevelTables(db, folder);
  }

  /** @param prefix one byte in hex, not `00`, a different one for each table */
  table<Value>(prefix: string, codec: ValueCodec<Value>): LevelTable<Value> {
    return {
      get: (key) => {
        const waiting = this.#pending.get(prefix + key) ?? this.#writing.get(prefix + key);
        // The value was set under this prefix, so through this codec.
        if (waiting !== undefined) return waiting.value as Value | undefined;
        const bytes = this.#read(prefix + key);
        return bytes === undefined ? undefined : this.#decode(prefix + key, bytes, codec);
      },
      set: (key, value) => {
        this.#set(prefix + key, { value, encode: () => codec.encode(value) });
        this.#pendingBytes += codec.sizeOf(value);
      },
      delete: (key) => this.#set(prefix + key, { value: undefined, encode: undefined }),
    };
  }

  /** Every key of a table that is written; what waits is not among them. */
  async keys(prefix: string): Promise<string[]> {
    try {
      const keys = await this.#db.keys({ gte: prefix, lt: nextPrefix(prefix) }).all();
      return keys.map((key) => key.slice(prefix.length));
    } catch (cause) {
      throw storeFaultOf(cause, this.#folder, "reading the store");
    }
  }

  /**
   * Every written entry of a table in the order of keys; what waits is not among them.
   *
   * @returns bytes that are the caller's; `undefined` where they are damaged
   */
  async *scan(prefix: string): AsyncGenerator<{ key: string; bytes: Uint8Array | undefined }> {
    const range = { gte: prefix, lt: nextPrefix(prefix), highWaterMarkBytes: SCAN_BYTES };
    try {
      for await (const [key, sealed] of this.#db.iterator(range)) {
        yield { key: key.slice(prefix.length), bytes: unseal(sealed) };
      }
    } catch (cause) {
      throw storeFaultOf(cause, this.#folder, "reading the store");
    }
  }

  /** Write what waits if it is much. @throws StoreFault, after which it still waits */
  async spill(): Promise<void> {
    if (this.#pendingBytes >= PENDING_BYTES_MAX) await this.#write({ sync: false });
  }

  /** Write what waits and sync it to disk. @throws StoreFault, after which it still waits */
  async flush(): Promise<void> {
    await this.#write({ sync: true });
  }

  /** Flushes and closes. A disk that failed and fails again is not reported twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    const told = this.#failed;
    try {
      await this.flush();
    } catch (cause) {
      if (!told) throw cause;
    } finally {
      await this.#db.close();
    }
  }

  #set(key: string, value: Pending): void {
    this.#pending.set(key, value);
    this.#pendingBytes += key.length;
  }

  #read(key: string): Uint8Array | undefined {
    try {
      // Synchronous: the way through the thread pool costs several times what the read does.
      return this.#db.getSync(key);
    } catch (cause) {
      throw storeFaultOf(cause, this.#folder, "reading the store");
    }
  }

  #decode<Value>(key: string, sealed: Uint8Array, codec: ValueCodec<Value>): Value {
    const damaged = `entry ${key} of ${this.#folder}`;
    const bytes = unseal(sealed);
    if (bytes === undefined) throw storeFault("EXOS-E1004", damaged);
    try {
      return codec.decode(bytes);
    } catch (cause) {
      throw storeFault("EXOS-E1004", damaged, cause);
    }
  }

  /** One write after the other, each of all that waits when its turn comes. */
  #write(options: { readonly sync: boolean }): Promise<void> {
    const write = this.#lastWrite.then(() => this.#writeNow(options));
    this.#lastWrite = write.catch(() => {
      // Whoever asked for that write has the fault; the next one tries the same again.
    });
    return write;
  }

  async #writeNow(options: { readonly sync: boolean }): Promise<void> {
    const writing = this.#pending;
    if (writing.size === 0 && !(options.sync && this.#unsynced)) return;
    this.#unsynced = true;
    const bytes = this.#pendingBytes;
    this.#writing = writing;
    this.#pending = new Map();
    this.#pendingBytes = 0;
    try {
      await this.#db.batch(operationsOf(writing), options);
      this.#failed = false;
      this.#unsynced = !options.sync;
    } catch (cause) {
      this.#failed = true;
      // What was set since then is newer.
      for (const [key, value] of this.#pending) writing.set(key, value);
      this.#pending = writing;
      this.#pendingBytes += bytes;
      throw storeFaultOf(cause, this.#folder, "writing the store");
    } finally {
      this.#writing = new Map();
    }
  }
}

function operationsOf(writing: ReadonlyMap<string, Pending>): Operation[] {
  const operations: Operation[] = [];
  for (const [key, { encode }] of writing) {
    operations.push(
      encode === undefined ? { type: "del", key } : { type: "put", key, value: seal(encode()) },
    );
  }
  if (operations.length === 0) {
    operations.push({ type: "put", key: SYNC_KEY, value: new Uint8Array(1) });
  }
  return operations;
}

function nextPrefix(prefix: string): string {
  return (Number.parseInt(prefix, 16) + 1).toString(16).padStart(2, "0");
}

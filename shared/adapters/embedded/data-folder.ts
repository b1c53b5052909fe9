import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { HashHex } from "#shared/primitives/brand.ts";
import { storeFault, storeFaultOf } from "./store-fault-of.ts";

/** The format this version writes. Raised when an older version could not read the result. */
export const STORE_FORMAT = 2;

/** One network's folder, held until disposed of. */
export interface DataFolder extends AsyncDisposable {
  readonly path: string;
  readonly blocks: string;
  readonly headers: string;
  readonly coins: string;
  /** Files; the others are folders. */
  readonly index: string;
  readonly mempool: string;
  /** The lowest height above genesis from which on every body of the chain is kept; 1: all are. */
  readonly lowestBody: { get(): number; set(height: number): void };
}

/** Which folder, and the chain that it must belong to. */
export interface DataFolderOptions {
  /** Holds one folder per network; made where absent. */
  readonly root: string;
  readonly network: string;
  readonly genesis: HashHex;
}

/** What `format.json` says of the folder. */
interface Format {
  readonly format: number;
  readonly network: string;
  readonly genesis: string;
}

/**
 * Take hold of the folder of a network, which one process may hold at a time. The lock is the
 * operating system's, so a killed process leaves none behind.
 *
 * @throws StoreFault `EXOS-E1001` held by another process, `E1002` not writable, `E1003` disk full,
 *   `E1004` its format file is damaged, `E1005` or `E1006` of a version too new or too old, `E1007`
 *   of another network, `E1008` no folder
 */
export async function openDataFolder(options: DataFolderOptions): Promise<DataFolder> {
  const path = join(options.root, options.network);
  try {
    // Asked first, because a read-only disk answers a recursive mkdir with ENOENT.
    accessSync(nearestExisting(path), constants.W_OK | constants.X_OK);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const release = lock(path);
    try {
      checkFormat(path, options);
    } catch (cause) {
      release();
      throw cause;
    }
    return {
      path,
      blocks: join(path, "blocks"),
      headers: join(path, "headers"),
      coins: join(path, "coins"),
      index: join(path, "index.sqlite"),
      lowestBody: numberFile(join(path, "lowest-body")),
      mempool: join(path, "mempool.dat"),
      async [Symbol.asyncDispose]() {
        release();
      },
    };
  } catch (cause) {
    throw storeFaultOf(cause, path, "opening the data folder");
  }
}

/** One height in a file, 1 without it; written whole or not at all. */
function numberFile(file: string): DataFolder["lowestBody"] {
  return {
    get() {
      if (!existsSync(file)) return 1;
      const text = readFileSync(file, "utf8");
      if (/^\d{1,10}\n$/.test(text)) return Number(text);
      throw storeFault("EXOS-E1004", file);
    },
    set(height) {
      writeFileSync(`${file}.new`, `${height}\n`, { flush: true });
      renameSync(`${file}.new`, file);
    },
  };
}

/** @throws StoreFault when something on the way is a file */
function nearestExisting(path: string): string {
  let at = resolve(path);
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  if (!statSync(at).isDirectory()) throw storeFault("EXOS-E1008", at);
  return at;
}

/** SQLite's exclusive lock on a file of its own, the same on every system. @returns its release */
function lock(path: string): () => void {
  const holder = join(path, "holder");
  const db = new DatabaseSync(join(path, "lock"), { timeout: 0 });
  try {
    db.exec("pragma journal_mode = memory; pragma locking_mode = exclusive; begin exclusive");
  } catch (cause) {
    db.close();
    const { code } = storeFaultOf(cause, path, "");
    if (code !== "EXOS-E1001") throw cause;
    throw storeFault("EXOS-E1001", `${path} is held by process ${readHolder(holder)}`, cause);
  }
  writeFileSync(holder, String(process.pid));
  return () => {
    rmSync(holder, { force: true });
    db.close();
  };
}

function readHolder(file: string): string {
  try {
    return /^\d{1,10}$/.exec(readFileSync(file, "utf8"))?.[0] ?? "unknown";
  } catch {
    // Only the number is lost: the lock itself says that somebody holds it.
    return "unknown";
  }
}

function checkFormat(path: string, { network, genesis }: DataFolderOptions): void {
  const file = join(path, "format.json");
  if (!existsSync(file)) {
    const stores = ["blocks", "headers", "coins", "index.sqlite"];
    const older = stores.some((name) => existsSync(join(path, name)));
    if (older) throw storeFault("EXOS-E1006", `${path} has stores, but no format.json`);
    writeFormat(file, { format: STORE_FORMAT, network, genesis });
    return;
  }

  const found = parseFormat(readFileSync(file, "utf8"));
  if (found === undefined) throw storeFault("EXOS-E1004", file);
  const versions = `${path} has format ${found.format}, this version has ${STORE_FORMAT}`;
  if (found.format > STORE_FORMAT) throw storeFault("EXOS-E1005", versions);
  if (found.network !== network || found.genesis !== genesis) {
    throw storeFault("EXOS-E1007", `${path} holds ${found.network} from ${found.genesis}`);
  }
  // Format 1 had every body, and no way to say otherwise.
  if (found.format < STORE_FORMAT) writeFormat(file, { ...found, format: STORE_FORMAT });
}

/** Whole or not at all: a kill between the two steps leaves the old file or none. */
function writeFormat(file: string, format: Format): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(format)}\n`, { flush: true });
  renameSync(`${file}.new`, file);
}

function parseFormat(text: string): Format | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The caller answers for a file that is no JSON.
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { format, network, genesis } = value as Readonly<Record<string, unknown>>;
  if (typeof format !== "number" || !Number.isInteger(format) || format < 1) return undefined;
  if (typeof network !== "string" || typeof genesis !== "string") return undefined;
  return { format, network, genesis };
}

import { StoreFault } from "#shared/ports/store-fault.ts";
import { ERROR_CATALOGUE, type ErrorCode } from "#shared/primitives/error-catalogue.ts";

/** Signs of one kind of failure, in codes and texts of Node, LevelDB and SQLite. */
const SIGNS: readonly (readonly [ErrorCode, RegExp])[] = [
  ["EXOS-E1001", /LEVEL_LOCKED|database is locked|SQLITE_BUSY|already held by process/i],
  ["EXOS-E1003", /ENOSPC|EDQUOT|no space left|disk is full|disk quota|database or disk is full/i],
  [
    "EXOS-E1002",
    /EACCES|EPERM|EROFS|permission denied|read-only|readonly|unable to open database file/i,
  ],
  [
    "EXOS-E1004",
    /LEVEL_CORRUPTION|corrupt|malformed|not a database|checksum|no such file or directory/i,
  ],
  ["EXOS-E1008", /ENOTDIR|ENAMETOOLONG|not a directory/i],
];

/** Faults after which trying again can help: the operator makes room, or the disk comes back. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set(["EXOS-E1000", "EXOS-E1003"]);

function signsOf(cause: unknown): string {
  const signs: string[] = [];
  for (let at = cause; at instanceof Error && signs.length < 16; at = at.cause) {
    signs.push(at.message, "code" in at ? String(at.code) : "");
  }
  return signs.join(" ");
}

/**
 * What a failure below an adapter means to an operator: one sentence that names the folder and says
 * what to do, with its code of the catalogue. A `StoreFault` passes unchanged.
 *
 * @param doing a few words, such as `opening the blocks`
 */
export function storeFaultOf(cause: unknown, folder: string, doing: string): StoreFault {
  if (cause instanceof StoreFault) return cause;
  const signs = signsOf(cause);
  const code = SIGNS.find(([, sign]) => sign.test(signs))?.[0] ?? "EXOS-E1000";
  return storeFault(code, `${doing} in ${folder} failed`, cause);
}

/** A fault with the sentence and the hint of its row. @param what comes before the two */
export function storeFault(code: ErrorCode, what: string, cause?: unknown): StoreFault {
  const { sentence, hint } = ERROR_CATALOGUE[code];
  return new StoreFault(`${what}: ${sentence} ${hint}`, {
    retryable: RETRYABLE.has(code),
    code,
    cause,
  });
}

import type { Log, LogFields, LogLevel } from "#shared/ports/log.ts";

/** One line of a log, as data. */
export interface LogRecord {
  readonly level: LogLevel;
  readonly module: string | undefined;
  readonly code: `EXOS-E${number}` | undefined;
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that hands each record to `take`; the other logs are made of it. */
export function createLog(take: (record: LogRecord) => void, module?: string): Log {
  const plain =
    (level: "debug" | "info") =>
    (message: string, fields: LogFields = {}) =>
      take({ level, module, code: undefined, message, fields });
  const coded =
    (level: "warn" | "error") =>
    (code: `EXOS-E${number}`, message: string, fields: LogFields = {}) =>
      take({ level, module, code, message, fields });
  return {
    debug: plain("debug"),
    info: plain("info"),
    warn: coded("warn"),
    error: coded("error"),
    module: (name) => createLog(take, name),
  };
}

/** Records in a list, for tests. */
export interface MemoryLog extends Log {
  readonly records: readonly LogRecord[];
}

/** A log that keeps its records, for tests. */
export function createMemoryLog(): MemoryLog {
  const records: LogRecord[] = [];
  return { ...createLog((record) => void records.push(record)), records };
}

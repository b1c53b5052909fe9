import type { Log, LogLevel } from "#shared/ports/log.ts";
import { findError } from "#shared/primitives/error-catalogue.ts";
import { createLog, type LogRecord } from "./memory-log.ts";

/** Where lines go, and who reads them. */
export interface StreamLogOptions {
  /** Takes one line with its end. */
  readonly write: (line: string) => void;
  /** People read lines, everything else gets JSON. */
  readonly form: "human" | "json";
  /** Least level that is written. */
  readonly level: LogLevel;
  /** Members of every JSON line, such as `service` and `city`. */
  readonly constant?: Readonly<Record<string, string>>;
  /** Milliseconds since 1970; the machine's clock unless given. */
  readonly wallMs?: () => number;
}

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Log lines on a stream. @source interfaces.md 7.4 */
export function createStreamLog(options: StreamLogOptions): Log {
  const wallMs = options.wallMs ?? Date.now;
  const line = options.form === "json" ? jsonLine : humanLine;
  return createLog((record) => {
    if (RANK[record.level] < RANK[options.level]) return;
    options.write(`${line(record, new Date(wallMs()).toISOString(), options.constant ?? {})}\n`);
  });
}

/** The record's own members come last: a field cannot pose as one of them. */
function jsonLine(
  { level, module, code, message, fields }: LogRecord,
  time: string,
  constant: Readonly<Record<string, string>>,
): string {
  const own = { time, level, ...constant, module, msg: message, code };
  return JSON.stringify({ ...own, ...fields, ...own });
}

function humanLine(record: LogRecord, time: string): string {
  const { level, module, code, message, fields } = record;
  const parts = [time.slice(11, 19), level.padEnd(5)];
  if (module !== undefined) parts.push(`${module}:`);
  parts.push(message);
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) parts.push(`${name}=${humanValue(value)}`);
  }
  if (code !== undefined) parts.push(`[${code}]`, findError(code)?.hint ?? "");
  return parts.join(" ").trimEnd();
}

/** Text with anything but visible ASCII is quoted, so that it cannot move the cursor. */
function humanValue(value: string | number | boolean): string {
  if (typeof value !== "string") return String(value);
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, escaped);
}

import type { Log, LogFields } from "#shared/ports/log.ts";
import type { ErrorCode } from "#shared/primitives/error-catalogue.ts";

const WINDOW_MS = 60_000;
const LINES_MAX = 10;

/**
 * Warnings about peers, of each code ten a minute: what strangers send must not fill a disk. The
 * others are told to whoever reads at `debug`.
 */
export class QuietLog {
  readonly #log: Log;
  readonly #elapsedMs: () => number;
  readonly #windows = new Map<ErrorCode, { startMs: number; lines: number }>();

  constructor(log: Log, elapsedMs: () => number) {
    this.#log = log;
    this.#elapsedMs = elapsedMs;
  }

  warn(code: ErrorCode, message: string, fields: LogFields): void {
    const nowMs = this.#elapsedMs();
    const window = this.#windows.get(code);
    const fresh = window === undefined || nowMs - window.startMs >= WINDOW_MS;
    const current = fresh ? { startMs: nowMs, lines: 0 } : window;
    this.#windows.set(code, current);
    current.lines++;
    if (current.lines <= LINES_MAX) this.#log.warn(code, message, fields);
    else this.#log.debug(message, { ...fields, code });
  }
}

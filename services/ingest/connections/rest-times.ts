const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
/** Addresses are forgotten from here on, those first that failed longest ago. */
const REMEMBERED_MAX = 2_000;
const FAILURES_MAX = 5;
const HANDSHAKES_MAX = 3;
const REST_MS = 12 * HOUR;
const BACKOFF_MAX_MS = 60 * SECOND;
/** A node of this machine costs nothing to ask, and is soon back after a rehearsal. */
const LOCAL_BACKOFF_MAX_MS = 2 * SECOND;

interface Record {
  /** Of failures within the last hour, oldest first. */
  readonly failedAtMs: readonly number[];
  readonly handshakes: number;
  /** In a row, for those that are asked for ever. */
  readonly inARow: number;
}

const NOTHING: Record = { failedAtMs: [], handshakes: 0, inARow: 0 };

/**
 * When an address may be dialled again. One that was found rests for twelve hours after five
 * failures within an hour or three failed handshakes; one that was named is asked for ever, after
 * pauses that double up to a minute. Times are monotonic milliseconds.
 * @source exos-l1.md 7.9
 */
export class RestTimes {
  readonly #records = new Map<string, Record>();

  /** @param stage how far it came */
  failed(key: string, stage: "connecting" | "handshake", nowMs: number): void {
    const before = this.#records.get(key) ?? NOTHING;
    const recent = before.failedAtMs.filter((at) => at > nowMs - HOUR);
    // The newest stand last, so that the first is the one to be forgotten.
    this.#records.delete(key);
    this.#records.set(key, {
      failedAtMs: [...recent, nowMs].slice(-FAILURES_MAX),
      handshakes: before.handshakes + (stage === "handshake" ? 1 : 0),
      inARow: before.inARow + 1,
    });
    const [oldest] = this.#records.keys();
    if (this.#records.size > REMEMBERED_MAX && oldest !== undefined) this.#records.delete(oldest);
  }

  succeeded(key: string): void {
    this.#records.delete(key);
  }

  /** Whether an address that was found may be dialled. */
  mayDial(key: string, nowMs: number): boolean {
    const record = this.#records.get(key);
    const last = record?.failedAtMs.at(-1);
    if (record === undefined || last === undefined) return true;
    if (nowMs - last >= REST_MS) {
      this.#records.delete(key);
      return true;
    }
    const often = record.failedAtMs.length >= FAILURES_MAX;
    return !often && record.handshakes < HANDSHAKES_MAX && nowMs - last >= SECOND;
  }

  /** Whether an address that the operator named may be dialled. */
  mayDialNamed(key: string, local: boolean, nowMs: number): boolean {
    const record = this.#records.get(key);
    const last = record?.failedAtMs.at(-1);
    if (record === undefined || last === undefined) return true;
    const pause = Math.min(BACKOFF_MAX_MS, SECOND * 2 ** Math.min(record.inARow - 1, 10));
    return nowMs - last >= (local ? Math.min(LOCAL_BACKOFF_MAX_MS, pause) : pause);
  }
}

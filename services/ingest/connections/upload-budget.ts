const DAY_MS = 86_400_000;

/**
 * How much of the chain may still be sent today. What is new goes out in any case and counts; old
 * blocks stop when the day's bytes are used up. A day begins with its first byte.
 * @source CConnman::OutboundTargetReached (Bitcoin Core 28.0)
 */
export class UploadBudget {
  readonly #limitBytes: number;
  #usedBytes = 0;
  #dayStartMs = -DAY_MS;

  /** @param limitBytes 0: no limit */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Whether so many bytes may be sent, which counts them. */
  take(bytes: number, options: { readonly always: boolean }, nowMs: number): boolean {
    if (this.#limitBytes === 0) return true;
    if (nowMs - this.#dayStartMs >= DAY_MS) {
      this.#dayStartMs = nowMs;
      this.#usedBytes = 0;
    }
    if (!options.always && this.#usedBytes + bytes > this.#limitBytes) return false;
    this.#usedBytes += bytes;
    return true;
  }

  /** @returns `undefined` without a limit */
  state(nowMs: number) {
    if (this.#limitBytes === 0) return undefined;
    const leftMs = this.#dayStartMs + DAY_MS - nowMs;
    const used = leftMs > 0 ? this.#usedBytes : 0;
    return {
      limitBytes: this.#limitBytes,
      leftBytes: Math.max(0, this.#limitBytes - used),
      leftSeconds: Math.max(0, Math.ceil(leftMs / 1_000)),
    };
  }
}

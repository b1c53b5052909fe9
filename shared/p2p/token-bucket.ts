/** How much of something may come at once, and how much of it in the long run. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** A rate that is kept by refusing what exceeds it. It starts full. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #countedAtMs: number | undefined;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#tokens = rate.burst;
  }

  /** Take up to so many. @returns how many were there, a whole number */
  take(wanted: number, nowMs: number): number {
    const { burst, perSecond } = this.#rate;
    // A clock that runs backwards adds nothing.
    const elapsedMs = Math.max(0, nowMs - (this.#countedAtMs ?? nowMs));
    this.#countedAtMs = nowMs;
    this.#tokens = Math.min(
      Math.max(burst, this.#tokens),
      this.#tokens + (elapsedMs * perSecond) / 1000,
    );
    const taken = Math.min(wanted, Math.floor(this.#tokens));
    this.#tokens -= taken;
    return taken;
  }

  /** Allow so many more, once, beyond the burst if need be. */
  grant(count: number): void {
    this.#tokens += count;
  }
}

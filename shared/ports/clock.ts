import type { UnixSeconds } from "#shared/primitives/brand.ts";

/** The only source of time for cores. Implementations: `adapters/embedded/{system,manual}-clock.ts`. */
export interface Clock {
  /** Chain time. A development node may mock it (`setmocktime`). */
  now(): UnixSeconds;
  /** Monotonic milliseconds, for durations only. */
  elapsedMs(): number;
  /** Resolve after this many milliseconds, or reject with the signal's reason. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

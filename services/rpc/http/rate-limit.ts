import type { Clock } from "#shared/ports/clock.ts";

/** What a client is allowed: so many units at once, and so many more each second. */
export const RATE_UNITS_MAX = 600;
export const RATE_UNITS_PER_SECOND = 20;

/** Clients remembered; beyond, the one that asked longest ago starts anew. */
const CLIENTS_MAX = 10_000;

/** What is left to a client after it asked for something. */
export interface Allowance {
  /** Whether it got what it asked for; if not, nothing was taken. */
  readonly granted: boolean;
  /** Whole units. */
  readonly left: number;
  /** Seconds until it may ask for the same again; 0 where it got it. */
  readonly waitSeconds: number;
}

/** Counts what clients ask for. */
export interface RateLimit {
  /** @param units 0 to `RATE_UNITS_MAX` */
  take(client: string, units: number): Allowance;
}

interface Bucket {
  readonly units: number;
  /** Monotonic milliseconds at which it held them. */
  readonly atMs: number;
}

/**
 * A token bucket for each client. Of this process alone: where several answer, the allowance is at
 * least the published one.
 * @source interfaces.md 1.3 "rate"
 */
export function createRateLimit({
  clock,
}: {
  readonly clock: Pick<Clock, "elapsedMs">;
}): RateLimit {
  // A map keeps the order in which its keys came: who asked longest ago stands first.
  const buckets = new Map<string, Bucket>();
  const filled = ({ units, atMs }: Bucket, nowMs: number) =>
    Math.min(RATE_UNITS_MAX, units + ((nowMs - atMs) / 1_000) * RATE_UNITS_PER_SECOND);

  return {
    take(client, units) {
      const nowMs = clock.elapsedMs();
      const known = buckets.get(client);
      const held = known === undefined ? RATE_UNITS_MAX : filled(known, nowMs);
      const granted = units <= held;
      const left = granted ? held - units : held;
      buckets.delete(client);
      buckets.set(client, { units: left, atMs: nowMs });
      const [oldest] = buckets.keys();
      if (buckets.size > CLIENTS_MAX && oldest !== undefined) buckets.delete(oldest);
      const waitSeconds = granted ? 0 : Math.ceil((units - held) / RATE_UNITS_PER_SECOND);
      return { granted, left: Math.floor(left), waitSeconds };
    },
  };
}

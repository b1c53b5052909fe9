import type { CityAnswer } from "#shared/fleet/judge-fleet.ts";

/** Asks cities whether they are ready. Implementation: `adapters/aws/http-city-asker.ts`. */
export interface CityAsker {
  /** @returns `undefined` when no answer came in time, or none that can be read */
  ask(city: string): Promise<CityAnswer | undefined>;
}

/**
 * Where a watcher writes what it found: its vector, which the edge reads at every request, and a
 * picture of the fleet for pages.
 * Implementations: `adapters/aws/edge-fleet-board.ts`. Every method throws StoreFault when it failed.
 */
export interface FleetBoard {
  /** @returns `undefined` before the first */
  vector(): Promise<string | undefined>;
  /** Billed by the write: only what changed. */
  putVector(vector: string): Promise<void>;
  /** @param picture JSON text */
  putPicture(picture: string): Promise<void>;
}

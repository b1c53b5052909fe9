import type { FleetVerdict } from "./judge-fleet.ts";
import { DIFFERENCES, type Difference } from "./reason.ts";

/** A city, and in what it was last found to differ. */
export interface DifferingCity {
  readonly city: string;
  readonly differs: readonly Difference[];
}

/**
 * In what each city differs after a sweep. What was found stays until a comparison finds otherwise: a
 * city that does not answer, or is at another block than all others, is compared with nobody.
 */
export function differencesAfter(
  before: readonly DifferingCity[],
  { cities, compared }: FleetVerdict,
): readonly DifferingCity[] {
  return cities.map(({ city, reasons }) => {
    const known = before.find((one) => one.city === city)?.differs ?? [];
    const differs = DIFFERENCES.filter((difference) =>
      compared[difference].includes(city)
        ? reasons.some(({ name }) => name === difference)
        : known.includes(difference),
    );
    return { city, differs };
  });
}

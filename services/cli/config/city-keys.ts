import { CITIES } from "#regions/fleet.ts";
import type { ConfigKey } from "#services/cli/config/config-keys.ts";

/** Keys of a city of the fleet outside AWS. @source interfaces.md 7.1; cloud.md 12 */
export const CITY_KEYS = {
  city: {
    kind: "text",
    choices: CITIES.map(({ code }) => code),
    meaning: "city of the fleet that the node answers as: public methods alone, by the edge alone",
  },
  secrets: {
    kind: "text",
    meaning: "folder of the city's secrets: edge-key, and edge-key-next while it is rotated",
  },
  release: {
    kind: "text",
    meaning: "release that a city says it runs; default: the program's version",
  },
} as const satisfies Record<string, ConfigKey>;

import type { ErrorRows } from "./error-row.ts";

/** 8xxx: the fleet and its delivery. */
export const FLEET_ERRORS = {
  "EXOS-E8001": {
    status: 404,
    title: "Unknown city",
    sentence: "No city of the fleet has this name.",
    hint: "`exos fleet status` lists the cities of a running fleet with their three letters.",
  },
  "EXOS-E8002": {
    status: 400,
    title: "Impossible partition",
    sentence: "The sizes of the two groups do not add up to the cities of the fleet.",
    hint: "Two sizes of at least one city each, as in `--partition 6/7` for thirteen.",
  },
} as const satisfies ErrorRows;

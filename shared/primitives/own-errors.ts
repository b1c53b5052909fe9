import type { ErrorRows } from "./error-row.ts";

/** 9xxx: we are wrong. */
export const OWN_ERRORS = {
  "EXOS-E9001": {
    status: 500,
    title: "Our own fault",
    sentence: "Something failed that should not be able to fail.",
    hint: "Please report it with the log lines of this request. Data on disk is not affected.",
  },
} as const satisfies ErrorRows;

import type { ConfigKey } from "#services/cli/config/config-keys.ts";

/** Keys of traces; a city's functions and tasks have them as `EXOS_TRACES` and `EXOS_TRACES_PERCENT`. */
export const TRACE_KEYS = {
  traces: {
    kind: "text",
    meaning: "base of the OTLP endpoint over HTTP that traces go to; default: nothing is traced",
  },
  tracespercent: {
    kind: "integer",
    fallback: "1",
    min: 0,
    max: 100,
    meaning: "how many of a hundred traces are recorded",
  },
} as const satisfies Record<string, ConfigKey>;

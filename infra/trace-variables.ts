import type { City } from "#regions/city.ts";

/** As functions and tasks read it: what they refuse as they start is not deployed. */
export const TRACE_ENDPOINT = /^https?:\/\/[\w.[\]:-]{1,255}(?:\/[\w.~/-]{0,255})?$/;

/**
 * Where a city's functions and peer process send traces, as the variables that they are given.
 * @throws when it is nowhere that they could be sent to, or the share is none
 */
export function traceVariables({ code, traces }: Pick<City, "code" | "traces">) {
  if (traces === undefined) return {};
  const { endpoint, percent } = traces;
  // A login would stand in templates and in logs.
  if (!TRACE_ENDPOINT.test(endpoint)) {
    throw new Error(
      `City ${code} sends traces to "${endpoint}", which is no address without login and query.`,
    );
  }
  if (!Number.isInteger(percent) || percent < 0 || percent > 100) {
    throw new Error(
      `City ${code} records ${percent} of a hundred traces: a whole number, 0 to 100.`,
    );
  }
  return { EXOS_TRACES: endpoint, EXOS_TRACES_PERCENT: String(percent) };
}

import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { PROGRAM_VERSION } from "#services/cli/program-version.ts";
import type { Config } from "#services/cli/read-config.ts";
import { TRACE_ENDPOINT, type TraceSettings } from "#shared/ports/traces.ts";

/**
 * Where flags, environment and file want traces to go; `undefined`: nowhere.
 * @param city that the spans name
 * @throws CommandFailure for what is no endpoint
 */
export function traceSettingsOf(config: Config, city: string): TraceSettings | undefined {
  const endpoint = config.text("traces");
  if (endpoint === undefined) return undefined;
  if (!TRACE_ENDPOINT.test(endpoint)) {
    const message = `traces: "${endpoint}" is no http:// or https:// address without login and query`;
    throw new CommandFailure(message, { code: "EXOS-E0002", exit: EXIT.usage });
  }
  return {
    endpoint,
    percent: config.integer("tracespercent") ?? 1,
    resource: {
      "service.namespace": "exos",
      "service.name": "exos-node",
      "service.version": PROGRAM_VERSION,
      "exos.network": config.network.name,
      "exos.city": city,
    },
  };
}

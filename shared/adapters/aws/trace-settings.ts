import type { TraceSettings } from "#shared/ports/traces.ts";
import { readCityEnvironment } from "./city-environment.ts";

/** Variables of a city that is traced. */
export const TRACE_VARIABLES = ["EXOS_TRACES", "EXOS_TRACES_PERCENT"] as const;

const WANTED = ["EXOS_ENVIRONMENT", "EXOS_CITY", ...TRACE_VARIABLES] as const;

/**
 * Where a function or task of a city sends its traces; `undefined`: it keeps none.
 *
 * @param service such as `connect`
 * @throws StoreFault `EXOS-E8101` that names what is missing or wrong in the environment
 */
export function readTraceSettings(
  environment: Readonly<Record<string, string | undefined>>,
  service: string,
): TraceSettings | undefined {
  if (environment["EXOS_TRACES"] === undefined) return undefined;
  const env = readCityEnvironment(environment, WANTED);
  // Lambda's own: tasks have no such name.
  const { AWS_LAMBDA_FUNCTION_NAME: name, AWS_REGION: region } = environment;
  return {
    endpoint: env.EXOS_TRACES,
    percent: Number(env.EXOS_TRACES_PERCENT),
    resource: {
      "service.namespace": "exos",
      "service.name": `exos-${service}`,
      "deployment.environment.name": env.EXOS_ENVIRONMENT,
      "exos.city": env.EXOS_CITY,
      "cloud.provider": "aws",
      ...(region !== undefined && { "cloud.region": region }),
      ...(name !== undefined && { "faas.name": name }),
    },
  };
}

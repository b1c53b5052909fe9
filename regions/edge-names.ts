import type { City } from "./city.ts";
import type { Deployment } from "./deployment.ts";
import type { EnvironmentName } from "./environment.ts";
import { streamOriginId } from "./stream-origin-id.ts";

/** Where the one part of a fleet stands that all cities share: certificates of the edge live there. */
export const EDGE_REGION = "us-east-1";

/** Names of what all cities of an environment share. */
export interface EdgeNames {
  readonly prefix: string;
  readonly buckets: { readonly web: string; readonly release: string; readonly logs: string };
}

/** @source cloud.md 5.1 */
export function edgeNames(environment: EnvironmentName, account: string): EdgeNames {
  const prefix = `exos-${environment}-edge`;
  const bucket = `exos-${environment}-${account}`;
  return {
    prefix,
    buckets: { web: `${bucket}-web`, release: `${bucket}-release`, logs: `${bucket}-edge-logs` },
  };
}

/**
 * Host that the edge asks for a city's answers: what its deployment printed, else a name in the
 * zone that the deployer points there.
 */
export function originOf(
  { code }: Pick<City, "code">,
  { origins, zone }: Pick<Deployment, "origins" | "zone">,
): string {
  return origins[code] ?? `${code}.origin.${zone?.name ?? "invalid"}`;
}

/** Host of a city's streams, likewise: of the second URL that its deployment printed. */
export function streamOriginOf(
  { code }: Pick<City, "code">,
  deployment: Pick<Deployment, "origins" | "zone">,
): string {
  return originOf({ code: streamOriginId(code) }, deployment);
}

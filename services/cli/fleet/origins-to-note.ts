import type { Deployment } from "#regions/deployment.ts";
import { streamOriginId } from "#regions/stream-origin-id.ts";

/**
 * Hosts that cities print and `regions/deployment.ts` does not have, as its `origins` wants them. A
 * name in the zone cannot stand for them: functions answer to their own host alone.
 *
 * @param printed what the stacks of each AWS city print; a city that is not deployed prints nothing
 */
export function originsToNote(
  printed: ReadonlyMap<string, Readonly<Record<string, string>>>,
  { origins }: Pick<Deployment, "origins">,
): Readonly<Record<string, string>> {
  const hosts = [...printed].flatMap(([code, outputs]) => [
    [code, hostOf(outputs["RpcUrl"])],
    [streamOriginId(code), hostOf(outputs["EventsUrl"])],
  ]);
  return Object.fromEntries(
    hosts.filter(([id = "", host]) => host !== undefined && origins[id] !== host),
  );
}

function hostOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : new URL(url).host;
}

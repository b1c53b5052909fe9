import type { EnvironmentName } from "#regions/environment.ts";
import { citiesOf } from "#regions/fleet.ts";
import { streamOriginId } from "#regions/stream-origin-id.ts";
import type { PrintedFacts } from "#regions/with-printed.ts";

type Outputs = Readonly<Record<string, string>>;

/** What deployed stacks print, asked of CloudFormation. Every method throws when the world failed. */
export interface PrintedPorts {
  /** Of what answers callers in an AWS city; of one that is not deployed: nothing. */
  rpcOutputs(city: string): Promise<Outputs>;
  edgeOutputs(): Promise<Outputs>;
}

/** What the deployed parts of a fleet say of themselves, so that nobody has to copy it. */
export async function readPrinted(
  fleet: EnvironmentName,
  { rpcOutputs, edgeOutputs }: PrintedPorts,
): Promise<PrintedFacts> {
  const hosts: Record<string, string> = {};
  for (const { code, host, edge } of citiesOf(fleet)) {
    if (host.kind !== "aws" || !edge) continue;
    const { RpcUrl, EventsUrl } = await rpcOutputs(code);
    if (RpcUrl !== undefined) hosts[code] = new URL(RpcUrl).host;
    if (EventsUrl !== undefined) hosts[streamOriginId(code)] = new URL(EventsUrl).host;
  }
  return { origins: hosts, vector: (await edgeOutputs())["VectorStore"] };
}

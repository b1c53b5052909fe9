import { createEdgeDoor } from "#services/rpc/http/edge-door.ts";
import { callerOf, createDynamoClient } from "#shared/adapters/aws/aws-clients.ts";
import { readCityEnvironment } from "#shared/adapters/aws/city-environment.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { createDynamoTipNotice } from "#shared/adapters/aws/dynamo-tip-notice.ts";
import { createSsmSecrets } from "#shared/adapters/aws/ssm-secrets.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import type { EventsDeps } from "./events/answer-event-request.ts";

/** What the environment of this function holds. */
export const WANTED = [
  "EXOS_ENVIRONMENT",
  "EXOS_CITY",
  "EXOS_TABLE_CHAIN",
  "EXOS_SECRETS",
] as const;

/**
 * The streams of one city: its notice of the tip, who holds one, and its door. Asks for nothing yet.
 *
 * @throws StoreFault `EXOS-E8101` that names what is missing or wrong in the environment
 */
export function composeEvents(
  environment: Readonly<Record<string, string | undefined>>,
): EventsDeps {
  const env = readCityEnvironment(environment, WANTED);
  const clock = createSystemClock();
  const client = createDynamoClient();
  const chain = createDynamoTable({ client, table: env.EXOS_TABLE_CHAIN });
  const deps = {
    city: env.EXOS_CITY,
    notice: createDynamoTipNotice(chain),
    leases: createDynamoLeases(chain),
    clock,
    entropy: createSystemEntropy(),
  };
  if (env.EXOS_ENVIRONMENT === "local") return deps;
  const given = environment["AWS_ENDPOINT_URL_SSM"] ?? environment["AWS_ENDPOINT_URL"];
  const caller = callerOf(client, given);
  const secrets = createSsmSecrets({ caller, path: env.EXOS_SECRETS });
  return { ...deps, door: createEdgeDoor({ secrets, clock }) };
}

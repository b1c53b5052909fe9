import type { CityPorts } from "#services/rpc/city/open-city.ts";
import { createSqsClient } from "#shared/adapters/aws/sqs-client.ts";
import { createSqsWorkQueue } from "#shared/adapters/aws/sqs-work-queue.ts";
import type { Traces } from "#shared/ports/traces.ts";

/** The queues behind what is handed in; with their client a module of their own, as the judges. */
export function composeHints(
  env: Readonly<Record<"EXOS_QUEUE_BLOCKS" | "EXOS_QUEUE_TRANSACTIONS", string>>,
  traces: Traces | undefined,
): CityPorts["hints"] {
  const client = createSqsClient({}, { traces });
  return {
    blocks: createSqsWorkQueue({ client, queueUrl: env.EXOS_QUEUE_BLOCKS }),
    transactions: createSqsWorkQueue({ client, queueUrl: env.EXOS_QUEUE_TRANSACTIONS }),
  };
}

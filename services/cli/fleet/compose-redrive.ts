import type { City } from "#regions/city.ts";
import { createSqsClient } from "#shared/adapters/aws/sqs-client.ts";
import { type Redrive, redriveQueue } from "#shared/adapters/aws/sqs-redrive.ts";
import { checkAccount, cityNamesOf, type FleetOptions } from "./compose-fleet.ts";

/** Where messages end that nobody could handle. That of events has no queue to go back to. */
export const DEAD_QUEUES = ["dead", "dead.fifo"] as const;

/** @returns what brings the messages of one dead queue of a city back to where they came from */
export async function composeRedrive(
  options: FleetOptions,
  city: City,
): Promise<(queue: (typeof DEAD_QUEUES)[number]) => Promise<Redrive>> {
  const account = await checkAccount(options);
  const { queues, region } = cityNamesOf(options, city, account);
  const names = { dead: queues.dead, "dead.fifo": queues.deadFifo };
  const client = createSqsClient({ region });
  return (queue) => redriveQueue(client, `arn:aws:sqs:${region}:${account}:${names[queue]}`);
}

import type { CityNames } from "#regions/city-names.ts";
import type { FunctionShape } from "./functions.ts";
import type { Statement } from "./grants.ts";

/**
 * What Lambda does with a function's role before and after the handler: takes from its queue, or
 * puts an event away that failed three times.
 */
export function serviceRights({ trigger }: FunctionShape, names: CityNames): Statement[] {
  const queueArn = (queue: keyof CityNames["queues"]) =>
    `arn:aws:sqs:${names.region}:${names.account}:${names.queues[queue]}`;
  if (trigger.kind === "queue") {
    const actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
    return [{ actions, resources: [queueArn(trigger.queue)] }];
  }
  if (trigger.kind === "topic" || trigger.kind === "schedule") {
    return [{ actions: ["sqs:SendMessage"], resources: [queueArn("deadEvents")] }];
  }
  return [];
}

import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import { clientSettings } from "./aws-clients.ts";

/** Queues. @param requestMs of one attempt; above the 20 s of a long poll where one polls */
export function createSqsClient(more: SQSClientConfig = {}, requestMs?: number): SQSClient {
  return new SQSClient({ ...clientSettings(requestMs), ...more });
}

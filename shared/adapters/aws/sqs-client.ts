import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import { clientSettings } from "./aws-clients.ts";

/** Queues. @param requestMs of one attempt; above the 20 s of a long poll where one polls */
export function createSqsClient(more: SQSClientConfig = {}, requestMs?: number): SQSClient {
  // An endpoint may name its queues after a host that not everybody reaches, such as the loopback.
  const settings = { ...clientSettings(requestMs), useQueueUrlAsEndpoint: false };
  return new SQSClient({ ...settings, ...more });
}

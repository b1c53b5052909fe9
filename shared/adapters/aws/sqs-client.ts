import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import type { Traces } from "#shared/ports/traces.ts";
import { clientSettings } from "./aws-clients.ts";
import { traceCalls } from "./trace-calls.ts";

/** How its calls are made. */
export interface SqsCalls {
  /** Milliseconds of one attempt; above the 20 s of a long poll where one polls. */
  readonly requestMs?: number;
  readonly traces?: Traces | undefined;
}

/** Queues. */
export function createSqsClient(
  more: SQSClientConfig = {},
  { requestMs, traces }: SqsCalls = {},
): SQSClient {
  // An endpoint may name its queues after a host that not everybody reaches, such as the loopback.
  const settings = { ...clientSettings(requestMs), useQueueUrlAsEndpoint: false };
  return traceCalls(new SQSClient({ ...settings, ...more }), traces);
}

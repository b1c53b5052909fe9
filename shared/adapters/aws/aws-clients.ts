import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { KMSClient, type KMSClientConfig } from "@aws-sdk/client-kms";
import { SNSClient, type SNSClientConfig } from "@aws-sdk/client-sns";
import type { Traces } from "#shared/ports/traces.ts";
import { LateHttpHandler } from "./late-http-handler.ts";
import type { AwsCaller } from "./signed-request.ts";
import { traceCalls } from "./trace-calls.ts";

const CONNECT_MS = 1_000;
const REQUEST_MS = 3_000;
/** Requests of one client on their way at once: 64 marks of a block, and what runs beside them. */
const SOCKETS = 128;

/**
 * What every client of ours is built with: standard retry, 3 attempts, 1 s to connect, 3 s for a
 * request. Region, credentials and `AWS_ENDPOINT_URL` are found by the SDK itself, at the first
 * request; building a client asks for nothing.
 *
 * @param requestMs of one attempt; longer where a queue is polled
 * @param silentMs after which an answer that stopped half way is given up; longer where whoever reads
 *   it pauses
 * @source cloud.md 7.1
 */
export function clientSettings(requestMs = REQUEST_MS, silentMs = requestMs) {
  return {
    maxAttempts: 3,
    retryMode: "standard",
    requestHandler: new LateHttpHandler({
      connectionTimeout: CONNECT_MS,
      // Over when an answer begins; from then on only silence tells that its end does not come.
      requestTimeout: requestMs,
      socketTimeout: silentMs,
      // Without it a request that takes too long is only warned about.
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: SOCKETS },
    }),
  } as const;
}

/** Tables. */
export function createDynamoClient(
  more: DynamoDBClientConfig = {},
  traces?: Traces,
): DynamoDBClient {
  return traceCalls(new DynamoDBClient({ ...clientSettings(), ...more }), traces);
}

/** The topic. */
export function createSnsClient(more: SNSClientConfig = {}, traces?: Traces): SNSClient {
  return traceCalls(new SNSClient({ ...clientSettings(), ...more }), traces);
}

/**
 * Asks services without clients of their own, with the region and the keys of a client.
 * @param endpoint the service's own unless given, as `AWS_ENDPOINT_URL` gives it to the others
 */
export function callerOf(
  { config }: Pick<DynamoDBClient, "config">,
  endpoint: string | undefined,
): AwsCaller {
  return {
    region: () => config.region(),
    keys: () => config.credentials(),
    endpoint,
    fetch,
    wallMs: Date.now,
  };
}

/** Keys. */
export function createKmsClient(more: KMSClientConfig = {}, traces?: Traces): KMSClient {
  return traceCalls(new KMSClient({ ...clientSettings(), ...more }), traces);
}

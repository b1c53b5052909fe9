import type { S3Client } from "@aws-sdk/client-s3";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";
import { createSnsClient } from "#shared/adapters/aws/aws-clients.ts";
import { createS3Client } from "#shared/adapters/aws/s3-client.ts";
import { createSqsClient } from "#shared/adapters/aws/sqs-client.ts";
import { type EndpointTraits, traitsOf } from "./endpoint-traits.ts";
import { testSettings } from "./test-settings.ts";

/** Queues, topics and buckets to test against: fauxqs in this process, or what is given. */
export interface FauxqsEndpoint extends AsyncDisposable {
  readonly url: string;
  // New clients each time, so that each may have its own middleware.
  sqs(): SQSClient;
  sns(): SNSClient;
  s3(): S3Client;
}

const given = process.env["AWS_ENDPOINT_URL"];

/** What the endpoint is that `openFauxqsEndpoint` opens; known before any test is declared. */
export const FAUXQS_TRAITS: EndpointTraits = traitsOf(
  given === undefined ? "fauxqs" : process.env["EXOS_TEST_ENDPOINT"],
);

/** Open the endpoint of queues, topics and buckets: one a test file. */
export async function openFauxqsEndpoint(): Promise<FauxqsEndpoint> {
  const clients: { destroy(): void }[] = [];
  const server =
    given === undefined
      ? await startFauxqs({ port: 0, host: "127.0.0.1", logger: false })
      : undefined;
  const url = given ?? `http://127.0.0.1:${server?.port}`;
  const kept = <Client extends { destroy(): void }>(client: Client): Client => {
    clients.push(client);
    return client;
  };
  return {
    url,
    sqs: () => kept(createSqsClient(testSettings(url))),
    sns: () => kept(createSnsClient(testSettings(url))),
    s3: () => kept(createS3Client(testSettings(url))),
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await server?.stop();
    },
  };
}

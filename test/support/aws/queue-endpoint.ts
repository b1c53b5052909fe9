import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";
import { testSettings } from "./test-settings.ts";

/** Queues and topics of the endpoint that is given by the environment, else of fauxqs. */
export interface QueueEndpoint extends AsyncDisposable {
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  /** Every call makes another one. */
  createQueue(attributes?: Partial<Record<QueueAttributeName, string>>): Promise<EndpointQueue>;
  /** @returns its ARN */
  createTopic(): Promise<string>;
  /** Have a topic hand what is published to a queue, as it is. */
  subscribe(topicArn: string, queue: EndpointQueue): Promise<void>;
  /** How many messages wait. */
  waiting(queue: EndpointQueue): Promise<number>;
}

export interface EndpointQueue {
  readonly url: string;
  readonly arn: string;
}

const given = process.env["AWS_ENDPOINT_URL"];

/** An endpoint for one test file. */
export async function openQueueEndpoint(): Promise<QueueEndpoint> {
  const server =
    given === undefined
      ? await startFauxqs({ port: 0, host: "127.0.0.1", logger: false })
      : undefined;
  const endpoint = given ?? `http://127.0.0.1:${server?.port}`;
  const sqs = new SQSClient(testSettings(endpoint));
  const sns = new SNSClient(testSettings(endpoint));
  const prefix = `exos-local-syd-t${crypto.randomUUID().slice(0, 8)}`;
  let made = 0;
  return {
    sqs,
    sns,
    async createQueue(Attributes = {}) {
      const suffix = Attributes.FifoQueue === "true" ? ".fifo" : "";
      const QueueName = `${prefix}-${++made}${suffix}`;
      const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
      // fauxqs names a host in front of a number, which is no address.
      const path = new URL(QueueUrl.replace(/\/\/[^/]*/, "//a")).pathname;
      const url = server === undefined ? QueueUrl : `${endpoint}${path}`;
      const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] });
      const found = await sqs.send(asked);
      return { url, arn: found.Attributes?.QueueArn ?? "" };
    },
    async createTopic() {
      const { TopicArn = "" } = await sns.send(
        new CreateTopicCommand({ Name: `${prefix}-${++made}` }),
      );
      return TopicArn;
    },
    async subscribe(TopicArn, { arn: Endpoint }) {
      const Attributes = { RawMessageDelivery: "true" };
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint, Attributes }));
    },
    async waiting({ url: QueueUrl }) {
      const asked = new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ["ApproximateNumberOfMessages"],
      });
      return Number((await sqs.send(asked)).Attributes?.ApproximateNumberOfMessages);
    },
    async [Symbol.asyncDispose]() {
      sqs.destroy();
      sns.destroy();
      await server?.stop();
    },
  };
}

import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type FauxqsServer, startFauxqs } from "fauxqs";

/** Queues and topics in this process, on the loopback, and clients of them. */
export interface LocalQueues extends AsyncDisposable {
  readonly server: FauxqsServer;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  /** @returns its address and name; every call makes another one */
  createQueue(attributes?: Readonly<Record<string, string>>): LocalQueue;
}

export interface LocalQueue {
  readonly url: string;
  readonly arn: string;
  readonly name: string;
}

/** An endpoint of its own for one test file. */
export async function startLocalQueues(): Promise<LocalQueues> {
  const server = await startFauxqs({ port: 0, host: "127.0.0.1", logger: false });
  const settings = {
    endpoint: `http://127.0.0.1:${server.port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
  const sqs = new SQSClient(settings);
  const sns = new SNSClient(settings);
  let queues = 0;
  return {
    server,
    sqs,
    sns,
    createQueue(attributes = {}) {
      const suffix = attributes["FifoQueue"] === "true" ? ".fifo" : "";
      const made = server.createQueue(`exos-local-syd-queue-${++queues}${suffix}`, { attributes });
      // The one that the server names has a host in front of a number, which is no address.
      const url = `${settings.endpoint}/${new URL(made.queueUrl.replace(/\/\/[^/]*/, "//a")).pathname.slice(1)}`;
      return { url, arn: made.queueArn, name: made.queueName };
    },
    async [Symbol.asyncDispose]() {
      sqs.destroy();
      sns.destroy();
      await server.stop();
    },
  };
}

import { CloudFormationClient, DeleteStackCommand } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateTopicCommand, DeleteTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { LOCAL_CITY, type LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import type { WrittenKind } from "#services/cli/cloud/rehearse/written.ts";
import { askLogs, localSettings, makeStack } from "#services/cli/compose-local.ts";
import { callerOf } from "#shared/adapters/aws/aws-clients.ts";
import { awsFaultOf } from "#shared/adapters/aws/aws-fault.ts";
import type { AwsCaller } from "#shared/adapters/aws/signed-request.ts";

/** What was written at an endpoint for a search to find. What would keep the city from its end goes. */
export interface Decoys extends AsyncDisposable {
  readonly kinds: readonly WrittenKind[];
}

const NAME = "exos-decoy";
const LOG = { logGroupName: `/${NAME}`, logStreamName: NAME };
type Pack = (text: string) => Uint8Array;

/** Its description holds it, and a parameter that is not encrypted. */
function templateOf(text: string): string {
  const Parameter = {
    Type: "AWS::SSM::Parameter",
    Properties: { Name: `/${NAME}`, Type: "String", Value: Buffer.from(text).toString("hex") },
  };
  return JSON.stringify({ Description: text, Resources: { Parameter } });
}

async function log(caller: AwsCaller, message: string): Promise<void> {
  await askLogs(caller, "CreateLogGroup", { logGroupName: LOG.logGroupName });
  await askLogs(caller, "CreateLogStream", LOG);
  await askLogs(caller, "PutLogEvents", {
    ...LOG,
    logEvents: [{ timestamp: Date.now(), message }],
  });
}

/**
 * Write a text into one of each kind of place at an endpoint, packed in another way each time.
 *
 * @param pack as gzip does
 * @throws StoreFault when the endpoint does not take it
 */
export async function composeDecoys(
  endpoint: LocalEndpoint,
  { text, pack }: { readonly text: string; readonly pack: Pack },
): Promise<Decoys> {
  const { url } = endpoint;
  const settings = localSettings(endpoint);
  const tables = new DynamoDBClient(settings);
  const buckets = new S3Client({ ...settings, forcePathStyle: true });
  const queues = new SQSClient(settings);
  const topics = new SNSClient(settings);
  const stacks = new CloudFormationClient(settings);
  const logs = callerOf(tables, url);
  const object = { Bucket: LOCAL_CITY.buckets.chain, Key: NAME };
  const QueueUrl = `${url}/${LOCAL_CITY.account}/${LOCAL_CITY.queues.dead}`;
  const base64 = Buffer.from(text).toString("base64");
  try {
    const Item = { pk: { S: NAME }, sk: { B: Uint8Array.of(0) }, raw: { B: pack(text) } };
    await tables.send(new PutItemCommand({ TableName: LOCAL_CITY.tables.pool, Item }));
    await buckets.send(new PutObjectCommand({ ...object, Body: pack(`{"key":"${text}"}`) }));
    await queues.send(new SendMessageCommand({ QueueUrl, MessageBody: base64 }));
    await log(logs, JSON.stringify({ event: JSON.stringify({ text }) }));
    const topic = new CreateTopicCommand({ Name: NAME, Attributes: { DisplayName: base64 } });
    const { TopicArn } = await topics.send(topic);
    await makeStack(stacks, NAME, templateOf(text));
    return {
      kinds: ["items", "objects", "messages", "log lines", "settings", "stacks", "parameters"],
      async [Symbol.asyncDispose]() {
        await buckets.send(new DeleteObjectCommand(object));
        await askLogs(logs, "DeleteLogGroup", { logGroupName: LOG.logGroupName });
        await topics.send(new DeleteTopicCommand({ TopicArn }));
        await stacks.send(new DeleteStackCommand({ StackName: NAME }));
        for (const client of [tables, buckets, queues, topics, stacks]) client.destroy();
      },
    };
  } catch (cause) {
    throw awsFaultOf(cause, `writing what is to be found at ${url}`);
  }
}

import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import {
  type AttributeValue,
  DynamoDBClient,
  paginateListTables,
  paginateScan,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeTaskDefinitionCommand,
  ECSClient,
  paginateListTaskDefinitions,
} from "@aws-sdk/client-ecs";
import { LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import {
  GetObjectCommand,
  ListBucketsCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetTopicAttributesCommand, paginateListTopics, SNSClient } from "@aws-sdk/client-sns";
import {
  GetQueueAttributesCommand,
  paginateListQueues,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { paginateGetParametersByPath, SSMClient } from "@aws-sdk/client-ssm";
import * as z from "zod";
import { LOCAL_CITY, type LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import type { Written, WrittenKind } from "#services/cli/cloud/rehearse/written.ts";
import { askLogs, localSettings } from "#services/cli/compose-local.ts";
import { callerOf } from "#shared/adapters/aws/aws-clients.ts";
import { awsFaultOf } from "#shared/adapters/aws/aws-fault.ts";
import { inParallel } from "#shared/ports/in-parallel.ts";

/** Seconds for which a message that was read is hidden from whom it is for. */
const HIDDEN_SECONDS = 5;
/** Whoever fills a queue as fast as it is read ends nothing. */
const MESSAGES_MAX = 10_000;
const OBJECTS_AT_ONCE = 8;
const REQUEST_MS = 30_000;

const GROUPS = z.object({ logGroups: z.array(z.object({ logGroupName: z.string() })).default([]) });
const EVENTS = z.object({
  events: z.array(z.object({ logStreamName: z.string(), message: z.string() })).default([]),
  nextToken: z.string().nullish(),
});

function clientsOf(endpoint: LocalEndpoint) {
  const settings = localSettings(endpoint, REQUEST_MS);
  const tables = new DynamoDBClient(settings);
  return {
    tables,
    stacks: new CloudFormationClient(settings),
    tasks: new ECSClient(settings),
    functions: new LambdaClient(settings),
    buckets: new S3Client({ ...settings, forcePathStyle: true }),
    topics: new SNSClient(settings),
    queues: new SQSClient(settings),
    parameters: new SSMClient(settings),
    logs: callerOf(tables, endpoint.url),
  };
}
type Clients = ReturnType<typeof clientsOf>;

const written = (kind: WrittenKind, place: string, content: unknown): Written => ({
  kind,
  place,
  bytes: Buffer.from(typeof content === "string" ? content : JSON.stringify(content)),
});

/** Each value of an item as its bytes: text in base64 would have to be found in it twice. */
function bytesOfValue(value: AttributeValue): readonly Uint8Array[] {
  const { S, N, B, SS = [], NS = [], BS = [], L = [], M = {} } = value;
  const texts = [S, N, ...SS, ...NS].filter((one) => one !== undefined);
  const inner = [...L, ...Object.values(M)].flatMap(bytesOfValue);
  const names = Object.keys(M).map((name) => Buffer.from(name));
  const own = B === undefined ? BS : [B, ...BS];
  return [...texts.map((text) => Buffer.from(text)), ...own, ...names, ...inner];
}

const NEWLINE = Buffer.from("\n");

async function* items({ tables: client }: Clients): AsyncGenerator<Written> {
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) {
    for (const TableName of TableNames) {
      let at = 0;
      for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
        for (const item of Items) {
          const values = bytesOfValue({ M: item }).flatMap((bytes) => [bytes, NEWLINE]);
          const place = `table ${TableName}, item ${at++}`;
          yield { kind: "items", place, bytes: Buffer.concat(values) };
        }
      }
    }
  }
}

async function objectOf(client: S3Client, Bucket: string, Key: string): Promise<Written> {
  const { Body, Metadata } = await client.send(new GetObjectCommand({ Bucket, Key }));
  const about = Buffer.from(`${Key} ${JSON.stringify(Metadata)}\n`);
  const bytes = Buffer.concat([about, (await Body?.transformToByteArray()) ?? about]);
  return { kind: "objects", place: `bucket ${Bucket}, ${Key}`, bytes };
}

async function* objects({ buckets: client }: Clients): AsyncGenerator<Written> {
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  for (const { Name: Bucket = "" } of Buckets) {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
      yield* await inParallel(Contents, OBJECTS_AT_ONCE, ({ Key = "" }) =>
        objectOf(client, Bucket, Key),
      );
    }
  }
}

async function* messages({ queues: client }: Clients): AsyncGenerator<Written> {
  for await (const { QueueUrls = [] } of paginateListQueues({ client }, { MaxResults: 1_000 })) {
    for (const QueueUrl of QueueUrls) {
      const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] });
      yield written("settings", QueueUrl, (await client.send(asked)).Attributes ?? {});
      for (let read = 0; read < MESSAGES_MAX; ) {
        const some = new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: HIDDEN_SECONDS,
          WaitTimeSeconds: 0,
          MessageAttributeNames: ["All"],
          MessageSystemAttributeNames: ["All"],
        });
        const { Messages = [] } = await client.send(some);
        for (const message of Messages) {
          const about = JSON.stringify({ ...message, Body: undefined });
          yield written(
            "messages",
            `${QueueUrl} ${message.MessageId}`,
            `${message.Body}\n${about}`,
          );
        }
        read += Messages.length;
        if (Messages.length === 0) break;
      }
    }
  }
}

async function* logLines({ logs }: Clients): AsyncGenerator<Written> {
  const { logGroups } = GROUPS.parse(
    JSON.parse(await askLogs(logs, "DescribeLogGroups", {}, REQUEST_MS)),
  );
  for (const { logGroupName } of logGroups) {
    let nextToken: string | null | undefined;
    do {
      const request = { logGroupName, ...(nextToken != null && { nextToken }) };
      const answer = await askLogs(logs, "FilterLogEvents", request, REQUEST_MS);
      const page = EVENTS.parse(JSON.parse(answer));
      for (const { logStreamName, message } of page.events) {
        yield written("log lines", `log ${logGroupName}, ${logStreamName}`, message);
      }
      nextToken = page.nextToken;
    } while (nextToken != null);
  }
}

async function* stacks({ stacks: client }: Clients): AsyncGenerator<Written> {
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({}));
  for (const stack of Stacks) {
    const { StackName } = stack;
    const { TemplateBody = "" } = await client.send(new GetTemplateCommand({ StackName }));
    const { StackEvents } = await client.send(new DescribeStackEventsCommand({ StackName }));
    yield written("stacks", `stack ${StackName}`, `${TemplateBody}\n${JSON.stringify(stack)}`);
    yield written("stacks", `events of stack ${StackName}`, StackEvents ?? []);
  }
}

/** What functions and topics are told, variables among it. */
async function* settings({ functions, topics }: Clients): AsyncGenerator<Written> {
  for await (const { Functions = [] } of paginateListFunctions({ client: functions }, {})) {
    for (const one of Functions) yield written("settings", `function ${one.FunctionName}`, one);
  }
  for await (const { Topics = [] } of paginateListTopics({ client: topics }, {})) {
    for (const { TopicArn = "" } of Topics) {
      const { Attributes } = await topics.send(new GetTopicAttributesCommand({ TopicArn }));
      yield written("settings", TopicArn, Attributes ?? {});
    }
  }
}

/** What tasks are told. */
async function* tasks({ tasks: client }: Clients): AsyncGenerator<Written> {
  for await (const { taskDefinitionArns = [] } of paginateListTaskDefinitions({ client }, {})) {
    for (const taskDefinition of taskDefinitionArns) {
      const found = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
      yield written("settings", taskDefinition, found.taskDefinition ?? {});
    }
  }
}

/** All but those where the city's secrets are to stand, as AWS keeps them. */
async function* parameters({ parameters: client }: Clients): AsyncGenerator<Written> {
  const all = { Path: "/", Recursive: true };
  for await (const { Parameters = [] } of paginateGetParametersByPath({ client }, all)) {
    for (const one of Parameters) {
      if (one.Name?.startsWith(`${LOCAL_CITY.secrets}/`) === true) continue;
      yield written("parameters", `parameter ${one.Name}`, one);
    }
  }
}

/**
 * Everything that stands at an endpoint and that a run may have written, but for the secrets
 * themselves. Messages are hidden for a few seconds from whom they are for.
 *
 * @throws StoreFault when the endpoint does not answer
 */
export async function* composeWritten(endpoint: LocalEndpoint): AsyncGenerator<Written> {
  const clients = clientsOf(endpoint);
  const { logs: _, ...closable } = clients;
  try {
    for (const read of [items, objects, messages, logLines, stacks, settings, parameters]) {
      yield* read(clients);
    }
    // LocalStack makes no tasks, and refuses to be asked for them.
    if (endpoint.kind !== "localstack") yield* tasks(clients);
  } catch (cause) {
    throw awsFaultOf(cause, `reading all that was written at ${endpoint.url}`);
  } finally {
    for (const client of Object.values(closable)) client.destroy();
  }
}

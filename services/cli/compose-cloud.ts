import { setTimeout as wait } from "node:timers/promises";
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  ListStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DescribeSecurityGroupsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { CloudControl } from "#services/cli/cloud/cloud-control.ts";
import type { LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import { localSettings } from "#services/cli/compose-local.ts";
import { clientSettings } from "#shared/adapters/aws/aws-clients.ts";
import { awsFaultOf } from "#shared/adapters/aws/aws-fault.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

/** A mapping changes within seconds, and so does a function. */
const CHANGE_LOOKS_MAX = 100;
const CHANGE_LOOK_MS = 100;
/** A function may run for a minute. */
const INVOKE_MS_MAX = 90_000;

function clientsOf(endpoint: LocalEndpoint) {
  const settings = localSettings(endpoint);
  return {
    sts: new STSClient({ ...settings, maxAttempts: 1 }),
    stacks: new CloudFormationClient(settings),
    tables: new DynamoDBClient(settings),
    // A run is not repeated because its answer took long.
    functions: new LambdaClient({ ...settings, ...clientSettings(INVOKE_MS_MAX), maxAttempts: 1 }),
    buckets: new S3Client({ ...settings, forcePathStyle: true }),
    topics: new SNSClient(settings),
    queues: new SQSClient(settings),
    parameters: new SSMClient(settings),
    networks: new EC2Client(settings),
  };
}
type Clients = ReturnType<typeof clientsOf>;

async function asked<Answer>(doing: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (cause) {
    throw awsFaultOf(cause, doing);
  }
}

async function setMapping({ functions }: Clients, id: string, enabled: boolean): Promise<void> {
  await functions.send(new UpdateEventSourceMappingCommand({ UUID: id, Enabled: enabled }));
  const wanted = enabled ? "Enabled" : "Disabled";
  for (let looks = 0; looks < CHANGE_LOOKS_MAX; looks++) {
    const { State } = await functions.send(new GetEventSourceMappingCommand({ UUID: id }));
    if (State === wanted) return;
    await wait(CHANGE_LOOK_MS);
  }
  throw new StoreFault(`The mapping ${id} did not become ${wanted}.`, { retryable: true });
}

async function setVariables(
  { functions: client }: Clients,
  FunctionName: string,
  changes: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const found = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const all = found.Environment?.Variables ?? {};
  const Environment = { Variables: { ...all, ...changes } };
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment }));
  for (let looks = 0; looks < CHANGE_LOOKS_MAX; looks++) {
    const ask = new GetFunctionConfigurationCommand({ FunctionName });
    if ((await client.send(ask)).LastUpdateStatus === "Successful") return all;
    await wait(CHANGE_LOOK_MS);
  }
  throw new StoreFault(`${FunctionName} did not change.`, { retryable: true });
}

async function invoke({ functions }: Clients, name: string, payload: unknown): Promise<void> {
  const Payload = new TextEncoder().encode(JSON.stringify(payload));
  const answer = await functions.send(new InvokeCommand({ FunctionName: name, Payload }));
  if (answer.FunctionError === undefined) return;
  const said = new TextDecoder().decode(answer.Payload);
  throw new StoreFault(`${name} failed: ${said}`, { retryable: false });
}

async function mappingOf({ functions }: Clients, FunctionName: string): Promise<string> {
  const list = new ListEventSourceMappingsCommand({ FunctionName });
  return (await functions.send(list)).EventSourceMappings?.[0]?.UUID ?? "";
}

/** More than any queue tries. */
const TRIES_MAX = 100;

async function failToHandle({ queues }: Clients, QueueUrl: string): Promise<number> {
  const some = { QueueUrl, VisibilityTimeout: 0, WaitTimeSeconds: 0, MaxNumberOfMessages: 1 };
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const { Messages = [] } = await queues.send(new ReceiveMessageCommand(some));
    if (Messages.length === 0) return tries;
  }
  throw new StoreFault(`${QueueUrl} gives up nothing.`, { retryable: false });
}

async function waitingIn({ queues }: Clients, QueueUrl: string): Promise<number> {
  const AttributeNames = ["ApproximateNumberOfMessages" as const];
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames });
  return Number((await queues.send(asked)).Attributes?.["ApproximateNumberOfMessages"]);
}

async function rulesOf({ networks }: Clients, group: string): Promise<number> {
  const asked = new DescribeSecurityGroupsCommand({ GroupIds: [group] });
  const [{ IpPermissions = [], IpPermissionsEgress = [] } = {}] =
    (await networks.send(asked)).SecurityGroups ?? [];
  return IpPermissions.length + IpPermissionsEgress.length;
}

const lastOf = (text: string, mark: string): string => text.slice(text.lastIndexOf(mark) + 1);

/** A city has fewer of each than one page holds. */
async function namesOf(clients: Clients, prefix: string) {
  const stacks = await clients.stacks.send(new ListStacksCommand({}));
  const tables = await clients.tables.send(new ListTablesCommand({}));
  const queues = await clients.queues.send(new ListQueuesCommand({ QueueNamePrefix: prefix }));
  const topics = await clients.topics.send(new ListTopicsCommand({}));
  const buckets = await clients.buckets.send(new ListBucketsCommand({}));
  const functions = await clients.functions.send(new ListFunctionsCommand({}));
  const mine = (names: readonly (string | undefined)[] = []) =>
    names.filter((name) => name?.startsWith(prefix) === true).map(String);
  const standing = stacks.StackSummaries?.filter((one) => one.StackStatus !== "DELETE_COMPLETE");
  return {
    stacks: mine(standing?.map((one) => one.StackName)),
    tables: mine(tables.TableNames),
    queues: mine(queues.QueueUrls?.map((url) => lastOf(url, "/"))),
    topics: mine(topics.Topics?.map(({ TopicArn = "" }) => lastOf(TopicArn, ":"))),
    buckets: mine(buckets.Buckets?.map(({ Name }) => Name)),
    functions: mine(functions.Functions?.map(({ FunctionName }) => FunctionName)),
  };
}

/** LocalStack's words; a city has fewer events than one page holds. @source cloud.md 14.1 */
const FALLBACK = /not supported but was deployed as a fallback/;

async function fallbacks({ stacks }: Clients, prefix: string): Promise<readonly string[]> {
  const { StackSummaries = [] } = await stacks.send(new ListStacksCommand({}));
  const types = new Set<string>();
  for (const { StackName = "" } of StackSummaries) {
    if (!StackName.startsWith(prefix)) continue;
    const { StackEvents = [] } = await stacks.send(new DescribeStackEventsCommand({ StackName }));
    for (const { ResourceType = "", ResourceStatusReason = "" } of StackEvents) {
      if (FALLBACK.test(ResourceStatusReason)) types.add(ResourceType);
    }
  }
  return [...types].sort();
}

async function hideFor({ queues }: Clients, QueueUrl: string, seconds: number): Promise<void> {
  const Attributes = { VisibilityTimeout: String(seconds) };
  await queues.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
}

/** The endpoint as the commands of the local cloud see it. */
export function composeCloud(endpoint: LocalEndpoint): CloudControl {
  const clients = clientsOf(endpoint);
  const at = `at ${endpoint.url}`;
  return {
    account: () =>
      asked(`asking who this is ${at}`, async () => {
        const { Account } = await clients.sts.send(new GetCallerIdentityCommand({}));
        return Account ?? "";
      }),
    mappingOf: (name) => asked(`finding what starts ${name} ${at}`, () => mappingOf(clients, name)),
    failToHandle: (url) => asked(`receiving of ${url}`, () => failToHandle(clients, url)),
    waitingIn: (url) => asked(`looking at ${url}`, () => waitingIn(clients, url)),
    empty: (url) =>
      asked(`emptying ${url}`, async () => {
        await clients.queues.send(new PurgeQueueCommand({ QueueUrl: url }));
      }),
    setMapping: (id, enabled) =>
      asked(`changing the mapping ${id} ${at}`, () => setMapping(clients, id, enabled)),
    invoke: (name, payload) =>
      asked(`invoking ${name} ${at}`, () => invoke(clients, name, payload)),
    setVariables: (name, variables) =>
      asked(`changing ${name} ${at}`, () => setVariables(clients, name, variables)),
    putSecret: (Name, Value) =>
      asked(`writing ${Name} ${at}`, async () => {
        const command = { Name, Value, Type: "SecureString", Overwrite: true } as const;
        await clients.parameters.send(new PutParameterCommand(command));
      }),
    hideFor: (url, seconds) => asked(`changing ${url}`, () => hideFor(clients, url, seconds)),
    rulesOf: (group) => asked(`looking at ${group} ${at}`, () => rulesOf(clients, group)),
    fallbacks: (prefix) =>
      asked(`reading events of ${prefix} ${at}`, () => fallbacks(clients, prefix)),
    namesOf: (prefix) => asked(`listing ${prefix} ${at}`, () => namesOf(clients, prefix)),
    [Symbol.dispose]() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

import { messageSpan } from "#shared/ports/message-span.ts";
import type { SpanAttributes, SpanStart, Traces } from "#shared/ports/traces.ts";
import { nameOfArn, nameOfQueue } from "./message-names.ts";

/** Of a command's input, what a span may say: names, and keys of objects, which are hashes. */
interface Input {
  readonly TableName?: string;
  readonly RequestItems?: object;
  readonly Bucket?: string;
  readonly Key?: unknown;
  readonly QueueUrl?: string;
  readonly TopicArn?: string;
  readonly MessageAttributes?: object;
}

interface Args {
  readonly input: Input;
}

interface Answer {
  readonly output: {
    readonly $metadata: { readonly requestId?: string; readonly attempts?: number };
  };
}

type SendOn = (args: Args) => Promise<Answer>;

interface Stack {
  add(
    middleware: (
      sendOn: SendOn,
      context: { readonly clientName?: string; readonly commandName?: string },
    ) => SendOn,
    options: { readonly name: string; readonly step: "initialize"; readonly priority: "high" },
  ): void;
}

/**
 * Make a span of every call of a client, once a command whatever is repeated of it: below what is under
 * way, and none where nothing is. To send a message begins a trace, and the message carries it, as the
 * attribute `traceparent` beside its body: who handles it goes on with that trace.
 *
 * @returns the same client
 * @source OpenTelemetry semantic conventions, AWS SDK spans
 */
export function traceCalls<Client extends { readonly middlewareStack: unknown }>(
  client: Client,
  traces: Traces | undefined,
): Client {
  if (traces === undefined) return client;
  // Each client types its stack by its own commands; what is used here is common to all of them.
  const stack = client.middlewareStack as Stack;
  stack.add(
    (sendOn, { clientName = "", commandName = "" }) =>
      (args) => {
        const service = clientName.replace(/Client$/, "");
        const method = commandName.replace(/Command$/, "");
        return traces.span(startOf(service, method, args.input), async (span) => {
          const isSent = isSending(method);
          const answer = await sendOn(isSent ? carrying(args, span.traceparent) : args);
          const { requestId, attempts } = answer.output.$metadata;
          span.set({
            ...(requestId === undefined ? {} : { "aws.request_id": requestId }),
            ...(attempts === undefined ? {} : { "exos.attempts": attempts }),
          });
          return answer;
        });
      },
    { name: "traceCalls", step: "initialize", priority: "high" },
  );
  return client;
}

function isSending(method: string): boolean {
  return method === "SendMessage" || method === "Publish";
}

function carrying(args: Args, traceparent: string | undefined): Args {
  if (traceparent === undefined) return args;
  const attribute = { DataType: "String", StringValue: traceparent };
  const MessageAttributes = { ...args.input.MessageAttributes, traceparent: attribute };
  return { ...args, input: { ...args.input, MessageAttributes } };
}

function startOf(service: string, method: string, input: Input): SpanStart {
  const call = { "rpc.system": "aws-api", "rpc.service": service, "rpc.method": method };
  if (isSending(method)) {
    const { QueueUrl, TopicArn = "" } = input;
    const route =
      QueueUrl === undefined
        ? { system: "aws.sns", queue: nameOfArn(TopicArn) }
        : { system: "aws_sqs", queue: nameOfQueue(QueueUrl) };
    const start = messageSpan("send", route);
    return { ...start, attributes: { ...start.attributes, ...call } };
  }
  return {
    name: `${service}.${method}`,
    kind: "client",
    onlyWithin: true,
    attributes: { ...call, ...objectOf(service, method, input) },
  };
}

/** What was asked for, by the name of its place. */
function objectOf(service: string, method: string, input: Input): SpanAttributes {
  const { Bucket, Key, QueueUrl } = input;
  const table = input.TableName ?? Object.keys(input.RequestItems ?? {})[0];
  return {
    ...(service === "DynamoDB" && {
      "db.system.name": "aws.dynamodb",
      "db.operation.name": method,
    }),
    ...(table !== undefined && { "db.collection.name": table }),
    ...(Bucket !== undefined && { "aws.s3.bucket": Bucket }),
    ...(typeof Key === "string" && { "aws.s3.key": Key }),
    ...(QueueUrl !== undefined && { "messaging.destination.name": nameOfQueue(QueueUrl) }),
  };
}

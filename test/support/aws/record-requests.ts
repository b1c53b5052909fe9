import { addMiddleware, type CommandContext, type TestedClient } from "./client-middleware.ts";

/** One command that was sent, in IAM's words. */
export interface RequestRecord {
  /** Such as `dynamodb`. */
  readonly service: string;
  /** Such as `GetItem`; the name that a policy would have to allow. */
  readonly action: string;
  /** Table, bucket, URL of a queue, ARN of a topic, name of a function. */
  readonly resource: string;
  /** First part of each key that is named: text as it is, bytes in hex; the key of an object. */
  readonly leadingKeys: readonly string[];
  readonly input: Readonly<Record<string, unknown>>;
  /** `refused`: a condition did not hold. */
  outcome: "on its way" | "answered" | "refused" | "failed";
  /** Capacity units of a table, all attempts that were answered. */
  units: number;
  /** When it was sent and when its answer was there, by `performance.now()`; NaN until then. */
  readonly sentMs: number;
  answeredMs: number;
}

/** Where IAM's action has another name than the command. */
const ACTIONS: Readonly<Record<string, string>> = {
  "s3:ListObjectsV2": "ListBucket",
  "s3:HeadBucket": "ListBucket",
  "s3:HeadObject": "GetObject",
  "s3:CreateMultipartUpload": "PutObject",
  "s3:UploadPart": "PutObject",
  "s3:CompleteMultipartUpload": "PutObject",
  "s3:DeleteObjects": "DeleteObject",
  "lambda:Invoke": "InvokeFunction",
};

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const fieldOf = (value: unknown, name: string): unknown =>
  isFields(value) ? value[name] : undefined;

function actionOf({ clientName, commandName }: CommandContext): {
  readonly service: string;
  readonly action: string;
} {
  const service = clientName.replace(/Client$/, "").toLowerCase();
  const command = commandName.replace(/Command$/, "");
  const named = ACTIONS[`${service}:${command}`] ?? command;
  // Queues and topics: `SendMessageBatch` is `SendMessage` to a policy.
  const action = /^(sqs|sns)$/.test(service) ? named.replace(/Batch$/, "") : named;
  return { service, action };
}

const RESOURCES = ["TableName", "Bucket", "QueueUrl", "TopicArn", "FunctionName", "KeyId", "Name"];

function resourceOf(input: Fields): string {
  const batch = input["RequestItems"];
  if (isFields(batch)) return Object.keys(batch).join(" ");
  return String(RESOURCES.map((name) => input[name]).find((value) => value !== undefined) ?? "");
}

/** A value of an attribute as text; `undefined` where it is none that can lead a key. */
function leadOf(value: unknown): string | undefined {
  const text = fieldOf(value, "S");
  if (typeof text === "string") return text;
  const bytes = fieldOf(value, "B");
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString("hex") : undefined;
}

function leadingKeysOf(input: Fields): string[] {
  if (typeof input["Key"] === "string") return [input["Key"]];
  const batch = Object.values(isFields(input["RequestItems"]) ? input["RequestItems"] : {});
  const keys: unknown[] = batch.flatMap((one) => fieldOf(one, "Keys") ?? []);
  keys.push(input["Key"], input["Item"]);
  const asked = input["ExpressionAttributeValues"];
  if (input["KeyConditionExpression"] !== undefined) keys.push({ pk: fieldOf(asked, ":pk") });
  const leads = keys.map((key) => leadOf(fieldOf(key, "pk") ?? fieldOf(key, "k")));
  return leads.filter((lead) => lead !== undefined);
}

function unitsOf(output: object): number {
  const consumed = fieldOf(output, "ConsumedCapacity");
  const parts: unknown[] = Array.isArray(consumed) ? consumed : [consumed];
  return parts.reduce<number>((sum, part) => sum + Number(fieldOf(part, "CapacityUnits") ?? 0), 0);
}

/** A query that finds nothing is billed as one that finds a little; dynalite says that it is free. */
function leastOf({ action, input }: RequestRecord): number {
  if (action !== "Query") return 0;
  return input["ConsistentRead"] === true ? 1 : 0.5;
}

const METERED = /^(GetItem|BatchGetItem|PutItem|UpdateItem|DeleteItem|Query|Scan)$/;

/**
 * Write down every command a client sends, and have tables say what it cost.
 *
 * @param into a list that several clients may share
 * @returns that list
 */
export function recordRequests(client: TestedClient, into: RequestRecord[] = []): RequestRecord[] {
  addMiddleware(
    client,
    { name: "recordRequests", step: "initialize" },
    (sendOn, context) => async (sent) => {
      const { service, action } = actionOf(context);
      const isMetered = service === "dynamodb" && METERED.test(action);
      const input: Fields = {
        ...sent.input,
        ...(isMetered && { ReturnConsumedCapacity: "TOTAL" }),
      };
      const resource = resourceOf(input);
      const leadingKeys = leadingKeysOf(input);
      const record: RequestRecord = {
        service,
        action,
        resource,
        leadingKeys,
        input,
        outcome: "on its way",
        units: 0,
        sentMs: performance.now(),
        answeredMs: Number.NaN,
      };
      into.push(record);
      try {
        const answer = await sendOn({ ...sent, input });
        record.outcome = "answered";
        record.units += unitsOf(answer.output) || leastOf(record);
        return answer;
      } catch (cause) {
        const isRefused =
          cause instanceof Error && cause.name === "ConditionalCheckFailedException";
        record.outcome = isRefused ? "refused" : "failed";
        throw cause;
      } finally {
        record.answeredMs = performance.now();
      }
    },
  );
  return into;
}

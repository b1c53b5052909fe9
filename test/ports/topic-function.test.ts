import {
  AddPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { CreateTopicCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { expect } from "vitest";
import { callerOf, createDynamoClient } from "#shared/adapters/aws/aws-clients.ts";
import { handleTopic } from "#shared/adapters/aws/lambda-topic.ts";
import { createLogGroups } from "#shared/adapters/aws/log-groups.ts";
import { createSnsTopic } from "#shared/adapters/aws/sns-topic.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { readHint } from "#shared/messages/read-hint.ts";
import { parseTipHint, type TipHint, tipHint } from "#shared/messages/tip-hint.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { FAUXQS_TRAITS, openFauxqsEndpoint } from "../support/aws/fauxqs-endpoint.ts";
import { testSettings } from "../support/aws/test-settings.ts";
import { zipOf } from "../support/zip-of.ts";
import { contractOn } from "./contract-cases.ts";

/** Tells what it was started with, which is all that can be seen of it from outside. */
const CODE = "export const handler = async (event) => console.error('got', JSON.stringify(event));";
const GOT = "got ";
/** A function may be ready, and be started, a while later. */
const HEARD = { timeout: 60_000, interval: 100 };
const HINT = tipHint({ rev: 2, height: 1, hash: "ab".repeat(32) as HashHex });

contractOn("topic-function", FAUXQS_TRAITS, ({ needing }) => {
  needing("topic-to-function")("starts a function with what is published", async () => {
    await using opened = new AsyncDisposableStack();
    const endpoint = opened.use(await openFauxqsEndpoint());
    const sns = endpoint.sns();
    const functions = new LambdaClient(testSettings(endpoint.url));
    opened.defer(() => functions.destroy());
    const FunctionName = `exos-t${crypto.randomUUID().slice(0, 8)}-follow`;
    const { FunctionArn } = await functions.send(
      new CreateFunctionCommand({
        FunctionName,
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Role: "arn:aws:iam::000000000000:role/none",
        Code: { ZipFile: zipOf("index.mjs", CODE) },
      }),
    );
    opened.defer(async () => {
      await functions.send(new DeleteFunctionCommand({ FunctionName }));
    });
    const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: FunctionName }));
    const Principal = "sns.amazonaws.com";
    const Action = "lambda:InvokeFunction";
    const StatementId = "topic";
    await functions.send(
      new AddPermissionCommand({ FunctionName, StatementId, Action, Principal }),
    );
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "lambda", Endpoint: FunctionArn }));
    await createSnsTopic<TipHint>({ client: sns, topicArn: TopicArn }).send(HINT);

    // A client of any service tells region and keys.
    const client = createDynamoClient(testSettings(endpoint.url));
    opened.defer(() => client.destroy());
    const groups = createLogGroups(callerOf(client, endpoint.url));
    const query = { pattern: undefined, fromMs: 0, cursor: undefined };
    const lines = async () => {
      const found = await groups.find({ ...query, group: `/aws/lambda/${FunctionName}` });
      return found?.events.map(({ text }) => text).filter((text) => text.includes(GOT)) ?? [];
    };
    await expect.poll(lines, HEARD).toHaveLength(1);
    const [line = ""] = await lines();
    const heard: TipHint[] = [];
    await handleTopic(JSON.parse(line.slice(line.indexOf(GOT) + GOT.length)), {
      read: (text) => readHint(text, [parseTipHint]),
      handle: async (hint) => void heard.push(hint),
      log: createMemoryLog(),
    });
    expect(heard).toEqual([HINT]);
  });
});

import { handleTopic, type TopicEvent } from "#shared/adapters/aws/lambda-topic.ts";
import { readHint } from "#shared/messages/read-hint.ts";
import { parseTipHint } from "#shared/messages/tip-hint.ts";
import { composePool } from "./compose-aws.ts";
import { followWithPool } from "./follow-with-pool.ts";

const deps = composePool(process.env, "mempool-follow");

/** Brings the pool to the tip, for each hint of the topic `follow`. */
export const handler = (event: TopicEvent): Promise<void> =>
  handleTopic(event, {
    read: (text) => readHint(text, [parseTipHint]),
    handle: ({ rev }) => followWithPool(deps, rev),
    log: deps.log,
    traces: deps.traces,
  });

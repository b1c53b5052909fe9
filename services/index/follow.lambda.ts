import type { Context } from "aws-lambda";
import { composeAws } from "#services/index/compose-aws.ts";
import { followWithin } from "#services/index/follow-within.ts";
import { handleTopic, type TopicEvent } from "#shared/adapters/aws/lambda-topic.ts";
import { readHint } from "#shared/messages/read-hint.ts";
import { parseTipHint } from "#shared/messages/tip-hint.ts";

const { deps, log, traces } = composeAws(process.env);

/** The tip moved, or somebody believes so: bring the index to it. */
export const handler = (event: TopicEvent, context: Pick<Context, "getRemainingTimeInMillis">) =>
  handleTopic(event, {
    read: (text) => readHint(text, [parseTipHint]),
    handle: ({ rev: hintedRev }) =>
      followWithin(context.getRemainingTimeInMillis(), { deps, log, hintedRev }),
    log,
    traces,
  });

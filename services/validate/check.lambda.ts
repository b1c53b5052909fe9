import {
  type BatchAnswer,
  type BatchEvent,
  handleBatch,
} from "#shared/adapters/aws/lambda-batch.ts";
import { parseBlockHint } from "#shared/messages/parse-block-hint.ts";
import { readHint } from "#shared/messages/read-hint.ts";
import { checkBlock } from "./check-block.ts";
import { composeCheck } from "./compose-aws.ts";

const deps = composeCheck(process.env);

/** Judges the blocks of a batch of the queue `blocks`, each alone. */
export const handler = (event: BatchEvent): Promise<BatchAnswer> =>
  handleBatch(event, {
    read: (text) => readHint(text, [parseBlockHint]),
    handle: ({ hash }, delivery) => checkBlock(hash, delivery, deps),
    log: deps.log,
    traces: deps.traces,
    order: "apart",
  });

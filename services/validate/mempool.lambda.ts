import {
  type BatchAnswer,
  type BatchEvent,
  handleBatch,
} from "#shared/adapters/aws/lambda-batch.ts";
import { parseTransactionHint } from "#shared/messages/parse-transaction-hint.ts";
import { readHint } from "#shared/messages/read-hint.ts";
import { composePool } from "./compose-aws.ts";
import { openPoolRuns } from "./judge-hinted.ts";

const deps = composePool(process.env, "mempool");
const openRun = openPoolRuns(deps);

/** Judges the transactions of a batch of the queue `transactions` over one reading of the pool. */
export function handler(event: BatchEvent): Promise<BatchAnswer> {
  const judge = openRun();
  return handleBatch(event, {
    read: (text) => readHint(text, [parseTransactionHint]),
    handle: ({ txid }, delivery) => judge(txid, delivery),
    log: deps.log,
    traces: deps.traces,
    order: "apart",
  });
}

import {
  type BatchAnswer,
  type BatchEvent,
  handleBatch,
} from "#shared/adapters/aws/lambda-batch.ts";
import { readConnectHint } from "#shared/messages/queue-hints.ts";
import { composeConnect } from "./compose-aws.ts";
import { connectHinted } from "./connect-hinted.ts";

const deps = composeConnect(process.env);

/** The rest of a run's time is for its last commit, and for what follows that. */
const WORK_SHARE = 0.75;

/** Follows the best branch for each hint of the queue `connect`, in order. */
export async function handler(
  event: BatchEvent,
  context: { getRemainingTimeInMillis(): number },
): Promise<BatchAnswer> {
  const deadlineMs = deps.clock.elapsedMs() + WORK_SHARE * context.getRemainingTimeInMillis();
  const answer = await handleBatch(event, {
    read: readConnectHint,
    handle: (_, { attempt }) => connectHinted({ attempt, deadlineMs }, deps),
    log: deps.log,
    traces: deps.traces,
    order: "in-order",
  });
  deps.metrics.flush();
  return answer;
}

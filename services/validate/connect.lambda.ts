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

/**
 * Follows the best branch, once for all hints of a batch: what each of them speaks of was stored before
 * it was sent, so one look finds it all. Hints that pile up cost no reads.
 */
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
    order: "as-one",
  });
  deps.metrics.flush();
  return answer;
}

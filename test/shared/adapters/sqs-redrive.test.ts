import { ResourceNotFoundException, type SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { redriveQueue } from "#shared/adapters/aws/sqs-redrive.ts";
import { cannedClient } from "../../support/aws/canned-client.ts";

const ARN = "arn:aws:sqs:ap-southeast-2:123456789012:exos-prod-syd-dead.fifo";

/** A dead queue of three, and tasks that moved others before. */
function queue(statuses: string[]) {
  return cannedClient<SQSClient>({
    ListMessageMoveTasks: () => ({
      Results: statuses.map((Status) => ({ Status, ApproximateNumberOfMessagesToMove: 3 })),
    }),
    StartMessageMoveTask: () => {
      if (statuses[0] === "RUNNING") throw new Error("there is a task already");
      statuses.unshift("RUNNING");
    },
  });
}

describe("bringing dead messages back", () => {
  it.each([[[]], [["COMPLETED"]]])("starts where %j ran before", async (before: string[]) => {
    const { client, asked } = queue(before);
    expect(await redriveQueue(client, ARN)).toEqual({ state: "started", messages: 3 });
    // No destination: SQS knows where each came from.
    expect(asked.filter(([name]) => name === "StartMessageMoveTask")).toEqual([
      ["StartMessageMoveTask", { SourceArn: ARN }],
    ]);
  });

  it("only looks while it is under way", async () => {
    const { client, asked } = queue(["RUNNING"]);
    expect(await redriveQueue(client, ARN)).toEqual({ state: "running", messages: 3 });
    expect(asked.map(([name]) => name)).toEqual(["ListMessageMoveTasks"]);
  });

  it("names the queue that is not there", async () => {
    const { client } = cannedClient<SQSClient>({
      ListMessageMoveTasks: () => {
        throw new ResourceNotFoundException({ message: "no queue", $metadata: {} });
      },
    });
    const said = redriveQueue(client, ARN);
    await expect(said).rejects.toMatchObject({ code: "EXOS-E8102", retryable: false });
    await expect(said).rejects.toThrow(ARN);
  });
});

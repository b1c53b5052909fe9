import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { awaitTable } from "#shared/adapters/aws/await-table.ts";
import { cannedClient } from "../../../support/aws/canned-client.ts";

const fault = (name: string) => Object.assign(new Error("said"), { name });

/** @param answers to one look after the other, the last of them to all that follow */
async function looksAt(...answers: readonly (Error | string)[]) {
  let look = 0;
  const { client } = cannedClient<DynamoDBClient>({
    DescribeTable() {
      const answer = answers[Math.min(look++, answers.length - 1)];
      if (answer instanceof Error) throw answer;
      return { Table: { TableStatus: answer } };
    },
  });
  const ended = await awaitTable({ client, pause: async () => undefined }, "coins-g1").then(
    () => "there",
    ({ code }) => code,
  );
  return { ended, look };
}

it("a table is waited for until it is there, whichever looks are not answered", async () => {
  const throttled = fault("ThrottlingException");
  const absent = fault("ResourceNotFoundException");
  const looks = await looksAt(throttled, absent, "CREATING", fault("TimeoutError"), "ACTIVE");
  expect(looks).toEqual({ ended: "there", look: 5 });
  expect(await looksAt(absent)).toEqual({ ended: "EXOS-E8102", look: 31 });
  expect(await looksAt(fault("AccessDeniedException"))).toEqual({ ended: "EXOS-E8104", look: 1 });
  expect(await looksAt(throttled)).toEqual({ ended: "EXOS-E8100", look: 300 });
});

import type { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { createCityTable } from "#shared/adapters/aws/create-city-table.ts";

/** A client that answers as told, one answer a request. */
function answering(...answers: readonly (Error | undefined)[]) {
  const asked: unknown[] = [];
  const send = async ({ input }: CreateTableCommand) => {
    const answer = answers[asked.push(input.OnDemandThroughput) - 1];
    if (answer !== undefined) throw answer;
  };
  return { asked, client: { send } as unknown as Pick<DynamoDBClient, "send"> };
}

const named = (name: string, message: string) => Object.assign(new Error(message), { name });
/** Word for word as DynamoDB Local 3.0.0 has it. */
const BOTH_WANTED = named(
  "ValidationException",
  "Table read and write throughput must be at least 1, and cannot be null",
);

const COUNTED = named(
  "ValidationException",
  "Cannot increase provisioned throughput to more than 80,000 units per account",
);

describe("the table of a generation", () => {
  it("is asked for with a ceiling of writes alone", async () => {
    const { asked, client } = answering(undefined);
    await createCityTable({ client }, "coins", { name: "coins-g1" });
    expect(asked).toEqual([{ MaxWriteRequestUnits: 4_000 }]);
  });

  it("is asked for again without a ceiling of reads where an engine wants a word about them", async () => {
    const { asked, client } = answering(BOTH_WANTED, undefined);
    await createCityTable({ client }, "index", { name: "index-g1" });
    expect(asked).toEqual([
      { MaxWriteRequestUnits: 2_000 },
      { MaxWriteRequestUnits: 2_000, MaxReadRequestUnits: -1 },
    ]);
  });

  it("is asked for without any where such an engine has no more room for ceilings", async () => {
    const { asked, client } = answering(BOTH_WANTED, COUNTED, undefined);
    await createCityTable({ client }, "coins", { name: "coins-g21" });
    expect(asked).toEqual([
      { MaxWriteRequestUnits: 4_000 },
      { MaxWriteRequestUnits: 4_000, MaxReadRequestUnits: -1 },
      undefined,
    ]);
  });

  it.each([
    COUNTED,
    named("ResourceInUseException", "Table already exists"),
    named(
      "ValidationException",
      "Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of valid range",
    ),
  ])("is not asked for again after $name: $message", async (refusal) => {
    const { asked, client } = answering(refusal, undefined);
    await expect(createCityTable({ client }, "coins", { name: "coins-g1" })).rejects.toBe(refusal);
    expect(asked).toHaveLength(1);
  });
});

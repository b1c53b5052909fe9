import { setTimeout as sleep } from "node:timers/promises";
import { DescribeTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { awsFaultOf } from "./aws-fault.ts";

/** What making and deleting tables needs. */
export interface TableDeps {
  readonly client: Pick<DynamoDBClient, "send">;
  /** Milliseconds; given by tests, which wait for nothing. */
  readonly pause?: ((milliseconds: number) => Promise<unknown>) | undefined;
}

/** How long somebody waits. */
export interface TablePatience {
  readonly looks: number;
  readonly lookMs: number;
}

/** An empty table takes seconds. */
const MADE_OR_CHANGED: TablePatience = { looks: 300, lookMs: 1_000 };
/** Looks that may find nothing of a table that was asked for just now. */
const ABSENT_MAX = 30;

/**
 * Wait until a table answers.
 *
 * @throws StoreFault when it does not become active, or does not appear at all
 */
export async function awaitTable(
  { client, pause = sleep }: TableDeps,
  TableName: string,
  { looks, lookMs }: TablePatience = MADE_OR_CHANGED,
): Promise<void> {
  for (let look = 0; look < looks; look++) {
    try {
      const { Table } = await client.send(new DescribeTableCommand({ TableName }));
      if (Table?.TableStatus === "ACTIVE") return;
    } catch (cause) {
      const isAbsent = cause instanceof Error && cause.name === "ResourceNotFoundException";
      const fault = awsFaultOf(cause, `describing ${TableName}`);
      // Whoever may look again need not be answered each time: an import takes hours.
      const isNextOne = isAbsent ? look < ABSENT_MAX : fault.retryable && look < looks - 1;
      if (!isNextOne) throw fault;
    }
    await pause(lookMs);
  }
  throw new StoreFault(`${TableName} does not become active`, {
    retryable: true,
    code: "EXOS-E8100",
  });
}

import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import type { GenerationState } from "#shared/ports/generations.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { awsFaultOf } from "./aws-fault.ts";
import { chainKey } from "./chain-key.ts";
import { createCityTable } from "./create-city-table.ts";
import { numberOf, numeric, text } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";

const LOOKS_MAX = 300;
const LOOK_MS = 1_000;

/** What making and deleting tables needs. */
export interface TableDeps {
  readonly client: Pick<DynamoDBClient, "send">;
  /** Milliseconds; given by tests, which wait for nothing. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/**
 * The next number, which nobody else is given. Numbers only rise, whatever became of the last.
 *
 * @param chain the table `chain`
 */
export async function nextGeneration(chain: Pick<DynamoTable, "updated">): Promise<number> {
  const counter = chainKey("G#");
  const change = { text: "ADD #n :one", values: { one: numeric(1) } };
  return numberOf(await chain.updated(counter, change), "n");
}

/** Say how far a generation is, for whoever loads, drops or sweeps. */
export async function noteGeneration(
  chain: Pick<DynamoTable, "update">,
  generation: number,
  note: {
    /** Name of its table. */
    readonly table: string;
    readonly state: GenerationState;
    /** Seconds. */
    readonly at: number;
  },
): Promise<void> {
  const key = chainKey(`G#${generation}`);
  const values = { table: text(note.table), state: text(note.state), at: numeric(note.at) };
  await chain.update(key, { text: "SET #table = :table, #state = :state, #at = :at", values });
}

/**
 * Make the empty table of a generation, protected and with the ceiling of its kind, and wait until
 * it answers. A table that is there already is one that an earlier try made.
 */
export async function createCoinTable(deps: TableDeps, name: string): Promise<void> {
  try {
    await createCityTable(deps, "coins", { name, DeletionProtectionEnabled: true });
  } catch (cause) {
    if (!isNamed(cause, "ResourceInUseException")) throw awsFaultOf(cause, `creating ${name}`);
  }
  await waitUntilActive(deps, name);
}

async function waitUntilActive(deps: TableDeps, TableName: string): Promise<void> {
  const { client, pause = sleep } = deps;
  for (let look = 0; look < LOOKS_MAX; look++) {
    const { Table } = await describe(client, TableName);
    if (Table?.TableStatus === "ACTIVE") return;
    await pause(LOOK_MS);
  }
  throw new StoreFault(`${TableName} does not become active`, {
    retryable: true,
    code: "EXOS-E8100",
  });
}

async function describe(client: TableDeps["client"], TableName: string) {
  try {
    return await client.send(new DescribeTableCommand({ TableName }));
  } catch (cause) {
    throw awsFaultOf(cause, `describing ${TableName}`);
  }
}

/** Delete the table of a generation that no tip names. One that is gone already is no failure. */
export async function deleteCoinTable(deps: TableDeps, TableName: string): Promise<void> {
  const { client } = deps;
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.DeletionProtectionEnabled === true) {
      await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
      await waitUntilActive(deps, TableName);
    }
    await client.send(new DeleteTableCommand({ TableName }));
  } catch (cause) {
    if (!isNamed(cause, "ResourceNotFoundException")) {
      throw awsFaultOf(cause, `deleting ${TableName}`);
    }
  }
}

function isNamed(cause: unknown, name: string): boolean {
  return cause instanceof Error && cause.name === name;
}

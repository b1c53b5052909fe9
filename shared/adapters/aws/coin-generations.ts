import {
  DeleteTableCommand,
  DescribeTableCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import type { GenerationState } from "#shared/ports/generations.ts";
import { awaitTable, type TableDeps } from "./await-table.ts";
import { awsFaultOf } from "./aws-fault.ts";
import { chainKey } from "./chain-key.ts";
import { createCityTable } from "./create-city-table.ts";
import { type DynamoItem, numberOf, numeric, text } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";

/** Tables that are made anew instead of cleaned. Each kind has numbers of its own. */
export type GenerationKind = "coins" | "index";

/** Item of a generation; of none, the one that counts them. */
export function generationKey(kind: GenerationKind, generation?: number): DynamoItem {
  if (kind === "coins") return chainKey(`G#${generation ?? ""}`);
  return chainKey(generation === undefined ? "G#index" : `G#index-${generation}`);
}

/**
 * The next number, which nobody else is given. Numbers only rise, whatever became of the last.
 *
 * @param chain the table `chain`
 */
export async function nextGeneration(
  chain: Pick<DynamoTable, "updated">,
  kind: GenerationKind = "coins",
): Promise<number> {
  const counter = generationKey(kind);
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
    readonly kind?: GenerationKind;
  },
): Promise<void> {
  const key = generationKey(note.kind ?? "coins", generation);
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
  await awaitTable(deps, name);
}

/** Delete the table of a generation that no tip names. One that is gone already is no failure. */
export async function deleteCoinTable(deps: TableDeps, TableName: string): Promise<void> {
  const { client } = deps;
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.DeletionProtectionEnabled === true) {
      await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
      await awaitTable(deps, TableName);
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

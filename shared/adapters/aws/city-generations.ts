import { type DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import type { Clock } from "#shared/ports/clock.ts";
import type { TableDeps } from "./await-table.ts";
import { awsFaultOf } from "./aws-fault.ts";
import {
  deleteCoinTable,
  type GenerationKind,
  generationKey,
  noteGeneration,
} from "./coin-generations.ts";
import { createDynamoCursors } from "./dynamo-cursors.ts";
import { numberOf, optionalTextOf } from "./dynamo-item.ts";
import { createDynamoTable } from "./dynamo-table.ts";
import { decodeTipItem, TIP_KEY } from "./dynamo-tip.ts";
import { generationTable } from "./table-shapes.ts";

/** One table of a city that is made anew instead of cleaned. */
export interface GenerationTable {
  readonly kind: GenerationKind;
  readonly generation: number;
  readonly table: string;
  /** Seconds: when it was first seen to be out of use; `undefined`: never. */
  readonly oldSince: number | undefined;
}

/** The generations that there are of a city's coins and of its index. @source cloud.md 3, 5.4 */
export interface CityGenerations {
  list(): Promise<readonly GenerationTable[]>;
  /** The one in use: the tip's, or that of the index's cursor; `undefined` without either. */
  live(kind: GenerationTable["kind"]): Promise<number | undefined>;
  noteOld(one: GenerationTable): Promise<void>;
  /** Delete a table. @throws RangeError when it is in use by now */
  drop(one: GenerationTable): Promise<void>;
}

/** @param options `tables` as the environment of a city has them, without generations */
export function createCityGenerations(
  options: TableDeps & {
    readonly tables: Readonly<Record<"chain" | "coins" | "index", string>>;
    readonly clock: Pick<Clock, "now">;
  },
): CityGenerations {
  const { client, tables, clock } = options;
  const chain = createDynamoTable({ client, table: tables.chain });
  const cursors = createDynamoCursors(chain);

  async function live(kind: GenerationTable["kind"]): Promise<number | undefined> {
    if (kind === "index") return (await cursors.get("index"))?.generation;
    const tip = await chain.get(TIP_KEY);
    return tip === undefined ? undefined : decodeTipItem(tip).gen;
  }

  async function note(one: GenerationTable, state: "old" | "dropped"): Promise<void> {
    const { kind, generation, table } = one;
    await noteGeneration(chain, generation, { kind, table, state, at: clock.now() });
  }

  async function oldSince({ kind, generation }: Pick<GenerationTable, "kind" | "generation">) {
    const item = await chain.get(generationKey(kind, generation));
    return item !== undefined && optionalTextOf(item, "state") === "old"
      ? numberOf(item, "at")
      : undefined;
  }

  return {
    live,
    async list() {
      const found: GenerationTable[] = [];
      for (const table of await tableNames(client)) {
        for (const kind of ["coins", "index"] as const) {
          const generation = Number(table.slice(table.lastIndexOf("-g") + 2));
          if (table !== generationTable(tables[kind], generation)) continue;
          found.push({ kind, generation, table, oldSince: await oldSince({ kind, generation }) });
        }
      }
      return found;
    },
    noteOld: (one) => note(one, "old"),
    async drop(one) {
      // Asked as late as can be: nobody turns back to a table that was old for a day.
      if ((await live(one.kind)) === one.generation) throw new RangeError(`${one.table} is in use`);
      await deleteCoinTable(options, one.table);
      await note(one, "dropped");
    },
  };
}

async function tableNames(client: Pick<DynamoDBClient, "send">): Promise<readonly string[]> {
  const names: string[] = [];
  let after: string | undefined;
  try {
    do {
      const page = await client.send(new ListTablesCommand({ ExclusiveStartTableName: after }));
      names.push(...(page.TableNames ?? []));
      after = page.LastEvaluatedTableName;
    } while (after !== undefined);
  } catch (cause) {
    throw awsFaultOf(cause, "listing tables");
  }
  return names;
}

import { setTimeout as sleep } from "node:timers/promises";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { BlockRow, BlockToIndex, OutputFact } from "#shared/ports/address-index.ts";
import { OP_RETURN } from "#shared/ports/block-facts.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Cursor } from "#shared/ports/cursors.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";
import { awaitTable } from "./await-table.ts";
import { nextGeneration, noteGeneration } from "./coin-generations.ts";
import { createDynamoCursors } from "./dynamo-cursors.ts";
import type { DynamoItem } from "./dynamo-item.ts";
import { createDynamoTable } from "./dynamo-table.ts";
import { createImportFiles, type ImportFilesOptions } from "./import-files.ts";
import { type BlockItems, blockItems } from "./index-block-items.ts";
import { rowKey } from "./index-keys.ts";
import { encodeRow } from "./index-row-codec.ts";
import { generationTable } from "./table-shapes.ts";

/** Roles name the tables of an index by one digit or two: one more wildcard would be acknowledged. */
const GENERATIONS_MAX = 100;
/** Two hours. */
const IMPORT_PATIENCE = { looks: 1_440, lookMs: 5_000 };
/** Not every engine keeps a table from its readers until the import is done. */
const ROWS_PATIENCE = { looks: 24, lookMs: 5_000 };

/** An output that no block has spent so far. */
export type OpenOutput = Pick<OutputFact, "value" | "scriptPubKey">;

/** Outputs that no block has spent so far: what a chain's inputs are found in, on the way up. */
export interface OpenOutputs {
  get(outpoint: Outpoint): OpenOutput | undefined;
  set(outpoint: Outpoint, output: OpenOutput): void;
  delete(outpoint: Outpoint): void;
  /** After each block. */
  spill(): Promise<void>;
}

export interface IndexImportOptions extends Omit<ImportFilesOptions, "kind" | "prefix"> {
  readonly client: Pick<DynamoDBClient, "send">;
  /** Name of the table `chain`, and of the tables `index` up to the generation. */
  readonly tables: { readonly chain: string; readonly index: string };
  /** Folder of the files, such as `snapshots/123999-0a1b2c3d`. */
  readonly folder: string;
  /** Empty. */
  readonly outputs: OpenOutputs;
  readonly wire: WireFormat;
  readonly clock: Pick<Clock, "now">;
  /** Milliseconds; given by tests, which wait for nothing. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** A new generation of a city's index. */
export interface IndexImport {
  /** @param block each after its parent, from genesis on */
  add(block: BlockToIndex): Promise<void>;
  /**
   * Make the table of everything that was added, and put it in use.
   *
   * @param cursor where the chain ends that was added
   * @returns whether it is; `no imports`: the endpoint knows none; `no number`: the city had a hundred
   *   generations
   * @throws StoreFault when the import failed, or left a part of the chain out
   */
  finish(cursor: Omit<Cursor, "generation">): Promise<"in use" | "no imports" | "no number">;
}

/**
 * The index of a whole chain as files, `index-<n>.json.gz`, of which ImportTable makes the table of a new
 * generation: the follower would take days and ten times the money. Nobody reads it before its end.
 *
 * @source cloud.md 6
 */
export async function openIndexImport(options: IndexImportOptions): Promise<IndexImport> {
  const { outputs, wire, folder } = options;
  const files = createImportFiles({ ...options, kind: "index", prefix: `${folder}/index-` });
  // What an import that died left behind would be read as well.
  await files.clear();
  /** The last row of each file. */
  const probes: DynamoItem[] = [];
  let parent: BlockRow | undefined;

  return {
    async add(block) {
      const { row, prev, items, transactions } = await blockItems(block, parent, {
        wire,
        outputs: async (outpoints) => outpoints.map((outpoint) => outputs.get(outpoint)),
      });
      for (const item of items) await files.add(item);
      await files.add(encodeRow(row, prev));
      noteOutputs(transactions, outputs);
      await outputs.spill();
      if (parent !== undefined && files.files > probes.length) probes.push(rowKey(parent));
      parent = row;
    },
    async finish(cursor) {
      const outcome = await makeTable(options, files, { cursor, probes });
      await files.clear();
      return outcome;
    },
  };
}

/** What later blocks may spend. */
function noteOutputs(transactions: BlockItems["transactions"], open: OpenOutputs): void {
  for (const { tx, outputs, spends } of transactions) {
    for (const outpoint of spends) open.delete(outpoint);
    for (const [index, { value, scriptPubKey }] of outputs.entries()) {
      if (scriptPubKey[0] === OP_RETURN) continue;
      open.set({ txid: tx.txid, index }, { value, scriptPubKey: scriptPubKey.slice() });
    }
  }
}

interface MadeOf {
  readonly cursor: Omit<Cursor, "generation">;
  readonly probes: readonly DynamoItem[];
}

async function makeTable(
  options: IndexImportOptions,
  files: ReturnType<typeof createImportFiles>,
  { cursor, probes }: MadeOf,
): ReturnType<IndexImport["finish"]> {
  const { tables, clock, client, pause } = options;
  const chain = createDynamoTable({ client, table: tables.chain });
  // As late as can be: whoever died before has taken none.
  const generation = await nextGeneration(chain, "index");
  if (generation >= GENERATIONS_MAX) return "no number";
  const table = generationTable(tables.index, generation);
  const note = (state: "filling" | "loaded" | "dropped") =>
    noteGeneration(chain, generation, { kind: "index", table, state, at: clock.now() });
  await note("filling");
  if ((await files.importAs(table)) === undefined) {
    await note("dropped");
    return "no imports";
  }
  await awaitTable({ client, pause }, table, IMPORT_PATIENCE);
  await awaitRows(options, table, [...probes, rowKey(cursor)]);
  await note("loaded");
  await createDynamoCursors(chain).set("index", { ...cursor, generation });
  return "in use";
}

/** Roles ask for no import by its name, which nobody knows beforehand: its rows tell of it. */
async function awaitRows(
  { client, pause = sleep }: Pick<IndexImportOptions, "client" | "pause">,
  table: string,
  keys: readonly DynamoItem[],
): Promise<void> {
  const rows = createDynamoTable({ client, table });
  let missing = keys.length;
  for (let look = 0; missing > 0 && look < ROWS_PATIENCE.looks; look++) {
    if (look > 0) await pause(ROWS_PATIENCE.lookMs);
    missing = (await rows.getMany(keys)).filter((row) => row === undefined).length;
  }
  if (missing === 0) return;
  throw new StoreFault(
    `importing ${table}: the end of ${missing} of ${keys.length} files is missing`,
    {
      retryable: false,
      code: "EXOS-E8107",
    },
  );
}

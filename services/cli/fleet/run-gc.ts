import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { askedFleet } from "./asked-fleet.ts";
import { composeGc } from "./compose-gc.ts";
import { onlyCity } from "./named-city.ts";
import { type SweptBlocks, sweepBlocks } from "./sweep-blocks.ts";
import { type Swept, sweepGenerations } from "./sweep-generations.ts";

const USAGE = "exos fleet gc CITY [--dry-run]";

/**
 * `exos fleet gc CITY`: delete the tables that a load has replaced and the blocks of dead branches,
 * and say what became of each.
 */
export async function runGc(context: CommandContext, words: readonly string[]): Promise<ExitCode> {
  const { terminal, json, signal, options } = context;
  const asked = askedFleet(context);
  const city = onlyCity(asked.fleet, words, USAGE);
  const deps = await composeGc(asked, city);
  const dryRun = options["dry-run"] !== undefined;
  const tables = await sweepGenerations(deps, { dryRun });
  const show = (line: string) => (json ? undefined : terminal.out(line));
  for (const one of tables) show(`${one.table}: ${fateOf(one, dryRun)}`);
  const blocks = await sweepBlocks(deps, { dryRun, signal });
  show(`blocks outside of segments: ${blocksText(blocks, dryRun)}`);
  const answer = { schema: "exos.fleet-gc.v1", city: city.code, dryRun, tables, blocks };
  if (json) terminal.out(JSON.stringify(answer));
  return EXIT.done;
}

function blocksText({ state, below, looked, dead, copies, deleted }: SweptBlocks, dryRun: boolean) {
  if (state === "unpacked") return "no segment is declared below another one: all stay";
  const found = `${dead} items of dead branches and ${copies} copies of packed blocks below height ${below}, of ${looked}`;
  const done = `${found}; ${dryRun ? "none deleted, as asked" : `${deleted} deleted`}`;
  return state === "swept" ? done : `${done}; a load is under way: run it again after that`;
}

function fateOf({ state, until = 0 }: Swept, dryRun: boolean): string {
  switch (state) {
    case "live":
      return "in use";
    case "unknown":
      return "nothing says which one is in use: stays";
    case "newer":
      return "newer than the one in use: stays";
    case "stack":
      return "old, and of the storage stack, which cannot do without it: stays";
    case "waits":
      return `old: goes by the gc after ${new Date(until * 1_000).toISOString()}`;
    case "dropped":
      return dryRun ? "old: would be deleted" : "deleted";
  }
}

import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { mineTwoBranches, type ReorgSeen, runReorgs } from "../reorg-depths.ts";
import { lintRequests } from "./lint-requests.ts";
import { openTablesValidator } from "./tables-validator.ts";

/** What a reorganisation asked of the tables of its city. */
export interface MeteredReorg extends ReorgSeen {
  /** Puts of the tip that were carried out. */
  readonly tipWrites: number;
  /** Of anything but candidates, which go when they are followed. */
  readonly deletes: number;
  /** What chain state forbids. */
  readonly lint: readonly string[];
}

/**
 * Reorganisations of these depths, one after the other, over the tables of one city.
 *
 * @param depths rising
 */
export async function* reorgsOnTables(depths: readonly number[]): AsyncGenerator<MeteredReorg> {
  await using city = await openTablesValidator(exosRegtest, unixSeconds(1_800_000_000));
  const chain = await mineTwoBranches((depths.at(-1) ?? 0) + 1);
  for await (const seen of runReorgs(city.deps, chain, depths, () => {
    city.records.length = 0;
  })) {
    const tables = city.records.filter(({ service }) => service === "dynamodb");
    yield {
      ...seen,
      tipWrites: tables.filter(
        ({ action, leadingKeys, outcome }) =>
          action === "PutItem" && leadingKeys[0] === "TIP" && outcome === "answered",
      ).length,
      deletes: tables.filter(
        ({ action, leadingKeys }) => action === "DeleteItem" && leadingKeys[0] !== "CAND",
      ).length,
      lint: lintRequests(tables, "connect"),
    };
  }
}

/** What each of them must be. */
export function oneWrite(depth: number): MeteredReorg {
  return {
    depth,
    commits: 1,
    strange: [],
    followed: true,
    tipWrites: 1,
    deletes: 0,
    lint: [],
  };
}

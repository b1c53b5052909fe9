import type { CityReport } from "#services/rpc/deps.ts";
import { isBetterTip } from "#shared/consensus/compare-work.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

type Tip = NonNullable<CityReport["tip"]>;

/** A city beside the others. */
export interface CityStanding {
  readonly report: CityReport;
  /** Blocks and seconds that its tip is behind the best one; `undefined` without a tip. */
  readonly lag: { readonly blocks: number; readonly seconds: number } | undefined;
  /** Whether most cities have the block it has where all have one; `undefined` without a tip. */
  readonly agrees: boolean | undefined;
}

/** Cities that stand on the same block. */
export interface TipGroup {
  readonly height: number;
  readonly hash: HashHex;
  readonly cities: readonly string[];
}

export interface FleetView {
  readonly standings: readonly CityStanding[];
  /** Heaviest first. */
  readonly tips: readonly TipGroup[];
  /** Cities follow different chains, by more than the newest blocks. */
  readonly split: boolean;
}

/** Blocks below the lowest tip from which on cities have to agree. @source cloud.md 10 */
const AGREE_BELOW = 2;

interface Placed {
  readonly report: CityReport;
  readonly tip: Tip;
  /** Its block at the height where all are compared. */
  readonly common: HashHex | undefined;
}

/** Who stands where, and whether it is one chain. */
export async function viewFleet(reports: readonly CityReport[]): Promise<FleetView> {
  const standing = reports.flatMap((report) =>
    report.tip === undefined ? [] : [{ report, tip: report.tip }],
  );
  const lowest = Math.min(...standing.map(({ tip }) => tip.height));
  const height = Math.max(0, lowest - AGREE_BELOW);
  const placed = await Promise.all(
    standing.map(async (one): Promise<Placed> => {
      return { ...one, common: await one.report.hashAt(height) };
    }),
  );
  const chains = [...Map.groupBy(placed, ({ common }) => common).values()];
  const [majority] = chains.toSorted((a, b) => b.length - a.length || byWork(best(a), best(b)));
  const first = best(placed);
  const of = new Map(placed.map((one) => [one.report.city, one]));
  return {
    standings: reports.map((report) => {
      const own = of.get(report.city);
      if (own === undefined || first === undefined) {
        return { report, lag: undefined, agrees: undefined };
      }
      return { report, lag: lagOf(own.tip, first), agrees: majority?.includes(own) === true };
    }),
    tips: tipGroups(placed),
    split: chains.length > 1,
  };
}

function best(placed: readonly Placed[]): Tip | undefined {
  return placed
    .map(({ tip }) => tip)
    .reduce<Tip | undefined>((a, b) => (a === undefined || isBetterTip(b, a) ? b : a), undefined);
}

function byWork(a: Tip | undefined, b: Tip | undefined): number {
  if (a === undefined || b === undefined || a.work === b.work) return 0;
  return a.work > b.work ? -1 : 1;
}

function lagOf(own: Tip, first: Tip): { blocks: number; seconds: number } {
  return {
    blocks: Math.max(0, first.height - own.height),
    seconds: Math.max(0, first.header.time - own.header.time),
  };
}

function tipGroups(placed: readonly Placed[]): TipGroup[] {
  return [...Map.groupBy(placed, ({ tip }) => tip.hash).values()]
    .toSorted((a, b) => byWork(best(a), best(b)))
    .flatMap((group) => {
      const tip = best(group);
      const cities = group.map(({ report }) => report.city);
      return tip === undefined ? [] : [{ height: tip.height, hash: tip.hash, cities }];
    });
}

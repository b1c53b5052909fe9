import * as z from "zod";

const COUNT = z.int().min(0);

/** What a running fleet says of itself. @source interfaces.md 3.2 */
export const FLEET = z.object({
  cities: z.array(
    z.object({
      city: z.string(),
      name: z.string(),
      state: z.string(),
      tip: z.object({ height: COUNT, hash: z.string(), time: COUNT }).nullable(),
      lagBlocks: COUNT.nullable(),
      lagSeconds: COUNT.nullable(),
      agrees: z.boolean().nullable(),
      peers: z.object({ in: COUNT, out: COUNT }),
      version: z.string(),
    }),
  ),
  tips: z.array(z.object({ height: COUNT, hash: z.string(), cities: z.array(z.string()) })),
  split: z.boolean(),
  groups: z.array(z.array(z.string())),
});

type Fleet = z.output<typeof FLEET>;

const HEADINGS = ["city", "name", "state", "height", "tip", "lag", "peers", "agrees"];
/** Digits of a hash that tell it from others on a screen. */
const HASH_DIGITS = 12;

const shortHash = (hash: string): string => `${hash.slice(0, HASH_DIGITS)}…`;

function rowOf({ city, name, state, tip, lagBlocks, peers, agrees }: Fleet["cities"][number]) {
  return [
    city,
    name,
    state,
    tip === null ? "" : String(tip.height),
    tip === null ? "" : shortHash(tip.hash),
    lagBlocks === null ? "" : String(lagBlocks),
    `${peers.in} in, ${peers.out} out`,
    agrees === null ? "" : agrees ? "yes" : "NO",
  ];
}

/** A table of the cities, then what their tips add up to. */
export function describeFleet({ cities, tips, split, groups }: Fleet): string[] {
  const rows = [HEADINGS, ...cities.map(rowOf)];
  const widths = HEADINGS.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [...table, "", ...verdictLines({ tips, split, groups })];
}

/** Whether all follow one chain, and who does not. */
export function verdictLines({ tips, split, groups }: Omit<Fleet, "cities">): string[] {
  return [...verdictOf(tips, split), ...cutOf(groups)];
}

function verdictOf(tips: Fleet["tips"], split: boolean): string[] {
  const [only] = tips;
  if (only === undefined) return ["No city has a tip yet."];
  if (tips.length === 1) return [`One tip: ${only.height} ${only.hash}`];
  const word = split ? "SPLIT" : "News on its way";
  return [
    `${word}: ${tips.length} tips`,
    ...tips.map(
      ({ height, hash, cities }) => `  ${height} ${shortHash(hash)}  ${cities.join(" ")}`,
    ),
  ];
}

function cutOf(groups: Fleet["groups"]): string[] {
  if (groups.length < 2) return [];
  const parts = groups.map((group) => group.join(" "));
  return [`Cut from each other: ${parts.join(" | ")}; \`exos dev heal\` joins them`];
}

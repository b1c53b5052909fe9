import type { HashHex, UnixSeconds } from "#shared/primitives/brand.ts";
import { type Difference, type Reason, reasonOf } from "./reason.ts";

/** Blocks below the lowest tip from which on cities have to agree: no longer than three spacings. */
const AGREE_BELOW = 2;
/** Hashes that a city says of itself. */
export const RECENT_HASHES = 16;
/** Blocks that a city may be behind most others. */
const LAG_BLOCKS_MAX = 2;

/** What a city answered when it was asked whether it is ready. */
export interface CityReading {
  /** Three letters. */
  readonly city: string;
  /** `undefined`: no answer that could be read. */
  readonly answer: CityAnswer | undefined;
}

export interface CityAnswer {
  readonly reasons: readonly Reason[];
  /** `undefined` while it opens its stores. */
  readonly tip:
    | {
        readonly height: number;
        readonly hash: HashHex;
        /** Of the unspent set at the tip; `undefined` where the city keeps none. */
        readonly muhash: HashHex | undefined;
        /** Hashes of its chain, the tip's first, at most `RECENT_HASHES`. */
        readonly recent: readonly HashHex[];
      }
    | undefined;
}

/** What is to be said of one city among the others. */
export interface CityVerdict {
  readonly city: string;
  readonly reasons: readonly Reason[];
  /** Whether no reason takes it out of rotation. */
  readonly ready: boolean;
}

export interface FleetVerdict {
  /** In the order of the readings. */
  readonly cities: readonly CityVerdict[];
  /** Cities by the chain they follow, the largest first; one group where all agree. */
  readonly groups: readonly (readonly string[])[];
  /** Cities that could be compared with another one: by their chains, by their coins at one block. */
  readonly compared: Readonly<Record<Difference, readonly string[]>>;
}

type Tip = NonNullable<CityAnswer["tip"]>;
interface Placed {
  readonly city: string;
  readonly tip: Tip;
}

/**
 * Judge every city by what it says of itself and by the others. Where cities differ, those fewer
 * leave rotation; where none are fewer, it is said of all of them and nobody leaves. Who says that its
 * store is broken is compared with nobody.
 * @source cloud.md 10
 */
export function judgeFleet(readings: readonly CityReading[], now: UnixSeconds): FleetVerdict {
  const placed = readings.flatMap(({ city, answer }): Placed[] =>
    answer?.tip === undefined || isBroken(answer) ? [] : [{ city, tip: answer.tip }],
  );
  const chains = chainsOf(placed);
  const found = new Map<string, Reason[]>();
  const add = (city: string, ...reason: Parameters<typeof reasonOf>) => {
    found.set(city, [...(found.get(city) ?? []), reasonOf(...reason)]);
  };
  for (const { city, out } of differing(chains)) {
    add(city, "split", { text: "Follows another chain than most cities", since: now, out });
  }
  const counted: Placed[] = [];
  for (const atTip of Map.groupBy(placed, ({ tip }) => tip.hash).values()) {
    const told = atTip.filter(({ tip }) => tip.muhash !== undefined);
    if (told.length > 1) counted.push(...told);
    const states = [...Map.groupBy(told, ({ tip }) => tip.muhash).values()];
    for (const { city, out } of differing(states.toSorted((a, b) => b.length - a.length))) {
      const text = "Has another unspent set than most cities at the same block";
      add(city, "state-split", { text, since: now, out });
    }
  }
  const median = medianOf(placed.map(({ tip }) => tip.height));
  for (const { city, tip } of placed) {
    const lag = median - tip.height;
    if (lag <= LAG_BLOCKS_MAX) continue;
    add(city, "behind", { text: `${lag} blocks behind most cities`, since: now });
  }

  const allStale = readings.every(({ answer }) => answer === undefined || isStale(answer));
  const cities = readings.map(({ city, answer }): CityVerdict => {
    const own = ownReasons(answer, { allStale, now });
    const others = (found.get(city) ?? []).filter(
      ({ name }) => !own.some((reason) => reason.name === name),
    );
    const reasons = [...own, ...others];
    return { city, reasons, ready: !reasons.some(({ out }) => out) };
  });
  const groups = chains.map((group) => group.map(({ city }) => city));
  const near = groups.flat();
  const compared = {
    split: near.length > 1 ? near : [],
    "state-split": counted.map(({ city }) => city),
  };
  return { cities, groups, compared };
}

/** What is read through a tip that contradicts itself differs from everybody's, and says nothing. */
function isBroken({ reasons }: CityAnswer): boolean {
  return reasons.some(({ name }) => name === "store");
}

function isStale({ reasons }: CityAnswer): boolean {
  return reasons.some(({ name }) => name === "stale");
}

/** What a city said itself. A tip that is old everywhere is nobody's fault. */
function ownReasons(
  answer: CityAnswer | undefined,
  { allStale, now }: { readonly allStale: boolean; readonly now: UnixSeconds },
): readonly Reason[] {
  if (answer === undefined) return [reasonOf("unreachable", { text: "No answer", since: now })];
  if (!allStale) return answer.reasons;
  return answer.reasons.map((reason) =>
    reason.name === "stale" ? { ...reason, out: false } : reason,
  );
}

/**
 * Cities by their block where all of them have one: two blocks below the lowest tip, leaving out who
 * is too far behind to compare. The largest group first.
 */
function chainsOf(placed: readonly Placed[]): readonly (readonly Placed[])[] {
  const highest = Math.max(...placed.map(({ tip }) => tip.height));
  const lowest = highest - RECENT_HASHES + AGREE_BELOW + 1;
  const near = placed.filter(({ tip }) => tip.height >= lowest);
  const at = Math.min(...near.map(({ tip }) => tip.height)) - AGREE_BELOW;
  const groups = Map.groupBy(near, ({ tip }) => tip.recent[tip.height - at]);
  return [...groups.values()].toSorted((a, b) => b.length - a.length);
}

/** Cities that do not agree; `out`: they are fewer than others. @param groups the largest first */
function differing(
  groups: readonly (readonly Placed[])[],
): readonly { readonly city: string; readonly out: boolean }[] {
  const [first, second] = groups;
  if (first === undefined || second === undefined) return [];
  const isTie = first.length === second.length;
  return groups.flatMap((group) =>
    group === first && !isTie
      ? []
      : group.map(({ city }) => ({ city, out: group.length < first.length })),
  );
}

function medianOf(heights: readonly number[]): number {
  return heights.toSorted((a, b) => a - b)[Math.floor((heights.length - 1) / 2)] ?? 0;
}

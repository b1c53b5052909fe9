import { judgeFleet } from "#shared/fleet/judge-fleet.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";
import type { CityLook } from "./deploy-ports.ts";
import { type DeployState, isUnderWay, waveOf } from "./deploy-state.ts";

/** A deployed fleet as one document. */
export interface DeployedFleet {
  readonly cities: readonly {
    readonly city: string;
    readonly version: string | null;
    readonly ready: boolean;
    readonly height: number | null;
    readonly hash: string | null;
    /** Of its coins. */
    readonly muhash: string | null;
    /** Whether one is raised, and which. */
    readonly alarm: boolean;
    readonly alarms: readonly string[];
    readonly reasons: readonly {
      readonly name: string;
      readonly text: string;
      readonly fix: string;
    }[];
  }[];
  /** Cities by the chain they follow, the largest group first; one group where all agree. */
  readonly groups: readonly (readonly string[])[];
  readonly deployment: DeployState | null;
}

/** What was seen of a fleet, judged. */
export function viewDeployed(
  looks: readonly CityLook[],
  deployment: DeployState | undefined,
  now: UnixSeconds,
): DeployedFleet {
  const verdict = judgeFleet(looks, now);
  const cities = looks.map(({ city, answer, version, alarms }, at) => {
    const { ready = false, reasons = [] } = verdict.cities[at] ?? {};
    return {
      city,
      version: version ?? null,
      ready,
      height: answer?.tip?.height ?? null,
      hash: answer?.tip?.hash ?? null,
      muhash: answer?.tip?.muhash ?? null,
      alarm: alarms.length > 0,
      alarms,
      reasons: reasons.map(({ name, text, fix }) => ({ name, text, fix })),
    };
  });
  return { cities, groups: verdict.groups, deployment: deployment ?? null };
}

/** Digits of a hash that tell it from others on a screen. */
const HASH_DIGITS = 12;

/** The same as lines for people: a table, then groups, then what is being deployed. */
export function deployedLines({ cities, groups, deployment }: DeployedFleet): string[] {
  const rows = cities.map(({ city, ready, version, height, hash, alarms }) => [
    city,
    ready ? "ready" : "NOT READY",
    version ?? "",
    height === null ? "" : String(height),
    hash === null ? "" : `${hash.slice(0, HASH_DIGITS)}…`,
    alarms.length === 0 ? "" : `ALARM ${alarms.join(" ")}`,
  ]);
  const table = [["city", "state", "release", "height", "tip", ""], ...rows];
  const widths = [0, 1, 2, 3, 4, 5].map((column) =>
    Math.max(...table.map((row) => (row[column] ?? "").length)),
  );
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  for (const { city, reasons } of cities) {
    for (const { text, fix } of reasons) lines.push(`${city}: ${text}. ${fix}`);
  }
  if (groups.length > 1) {
    lines.push(`SPLIT: ${groups.map((group) => group.join(" ")).join(" | ")}`);
  }
  return [...lines, ...deploymentLines(deployment)];
}

/** Who follows which chain, the most first, and who of them has the same coins at the same block. */
export function groupLines({ cities, groups }: DeployedFleet): string[] {
  const silent = cities.filter(({ city }) => !groups.some((group) => group.includes(city)));
  const chains = groups.flatMap((group, at) => {
    const members = cities.filter(({ city }) => group.includes(city));
    const states = Map.groupBy(members, ({ hash, muhash }) => `${hash} ${muhash}`);
    return [
      `chain ${at + 1} of ${groups.length}: ${group.join(" ")}`,
      ...[...states.values()].map(stateLine),
    ];
  });
  if (silent.length === 0) return chains;
  return [...chains, `not compared: ${silent.map(({ city }) => city).join(" ")}`];
}

function stateLine(members: DeployedFleet["cities"]): string {
  const [first] = members;
  const set =
    first?.muhash === null ? "no set hash" : `coins ${first?.muhash?.slice(0, HASH_DIGITS)}…`;
  const names = members.map(({ city }) => city).join(" ");
  return `  ${first?.height} ${first?.hash?.slice(0, HASH_DIGITS)}…, ${set}: ${names}`;
}

function deploymentLines(state: DeployState | null): string[] {
  if (state === null) return ["Nothing was deployed by exos fleet deploy."];
  const { version, phase, operator, reason, leaves } = state;
  const wave = isUnderWay(state) ? ` in ${waveOf(state).join(" ")}` : "";
  const from = leaves === null ? "" : `, back from ${leaves}`;
  return [
    `Last deployment: ${version}${from}, ${phase}${wave}, by ${operator}${reason === null ? "" : `; ${reason}`}`,
  ];
}

import type { DifferingCity } from "#shared/fleet/differences.ts";
import type { FleetVerdict } from "#shared/fleet/judge-fleet.ts";
import type { Log, LogFields } from "#shared/ports/log.ts";
import { isTold, type OperatorNotice, type Operators } from "#shared/ports/operators.ts";

/** Whom it is told to. */
export interface TellDeps {
  /** Of these cities, as `exos fleet status` is told it. */
  readonly environment: string;
  readonly operators: Operators;
  readonly log: Pick<Log, "info" | "error">;
}

/** What a sweep found, beside what was known before. */
export interface FoundDifferences {
  readonly before: readonly DifferingCity[];
  readonly after: readonly DifferingCity[];
  readonly verdict: FleetVerdict;
}

/**
 * Tell of each city that began to differ from the others, or agrees with them again: once, however
 * long it lasts. The log has the same facts.
 *
 * @returns whether nobody needs to be told again
 * @source cloud.md 10
 */
export async function areDifferencesTold(
  found: FoundDifferences,
  deps: TellDeps,
): Promise<boolean> {
  const changed = found.after.filter(({ city, differs }) => {
    const known = found.before.find((one) => one.city === city)?.differs ?? [];
    return String(known) !== String(differs);
  });
  if (changed.length === 0) return true;
  const notice = noticeOf(changed, found.verdict, deps);
  const { code, title, facts } = notice;
  if (code === undefined) deps.log.info(title, facts);
  else deps.log.error(code, title, facts);
  return isTold(notice, deps);
}

function noticeOf(
  changed: readonly DifferingCity[],
  verdict: FleetVerdict,
  { environment }: Pick<TellDeps, "environment">,
): OperatorNotice {
  const facts: LogFields = {
    ...Object.fromEntries(changed.map((one) => [one.city, describe(one, verdict)])),
    groups: verdict.groups.map((group) => group.join(" ")).join(" | "),
  };
  const reasons = verdict.cities
    .filter(({ city }) => changed.some((one) => one.city === city))
    .flatMap((city) => city.reasons);
  // Another set of coins is a bug of ours, another chain perhaps bad luck.
  for (const [difference, title] of TITLES) {
    const reason = reasons.find(({ name }) => name === difference);
    if (reason === undefined) continue;
    const todo = reason.fix.replaceAll("<environment>", environment);
    return { code: reason.code, title, facts, todo };
  }
  const todo = `Nothing to do: exos fleet status --groups --environment ${environment} shows who follows whom.`;
  return { code: undefined, title: "cities agree again", facts, todo };
}

/** The worst first. */
const TITLES = [
  ["state-split", "cities at one block have different coins"],
  ["split", "cities follow different chains"],
] as const;

function describe({ city, differs }: DifferingCity, { cities }: FleetVerdict): string {
  if (differs.length === 0) return "agrees again";
  const isOut = cities.some((one) => one.city === city && !one.ready);
  return `${differs.join(", ")}, ${isOut ? "leaves rotation" : "stays in rotation"}`;
}

import * as z from "zod";
import type { UnixSeconds } from "#shared/primitives/brand.ts";

const Time = z.int().nonnegative();
const Versions = z.record(z.string(), z.string().nullable());

/** What a city was given last, and what it ran before that: `null` where there is no way back. */
const GIVEN = z.strictObject({ release: z.string().min(1), before: z.string().nullable() });

/** Shape of `deploy.json` in the release bucket. @source cloud.md 11 */
export const DEPLOY_STATE = z.strictObject({
  v: z.literal(1),
  /** Who deploys, such as `anna@laptop`. */
  operator: z.string().min(1).max(200),
  /** Unix seconds until which nobody else may go on; renewed while it runs. */
  until: Time,
  version: z.string().min(1),
  /** The release that is taken back; `null` where one is deployed. */
  leaves: z.string().min(1).nullable().default(null),
  /** `failed`: the wave went back to what it ran; `kept`: it stays, and no later one is begun. */
  phase: z.enum(["deploying", "baking", "rolling-back", "done", "failed", "kept"]),
  /** City codes by wave, in the order of deployment. */
  waves: z.array(z.array(z.string()).min(1)).min(1),
  /** Index of the wave at hand. */
  at: Time,
  /** What each city of these waves ran before; `null` where it ran nothing. */
  before: Versions,
  /**
   * Alarms that were raised before a city's wave was changed and never went quiet since, by the city.
   * They are of what it ran before.
   */
  raised: z.record(z.string(), z.array(z.string())).default({}),
  /** What was brought to cities of the fleet by this and all earlier orders; see `givenNow`. */
  given: z.record(z.string(), GIVEN).default({}),
  /** Tries to bring a city of the wave at hand to where it should be, since somebody is at it. */
  tries: z.record(z.string(), Time),
  /** Unix seconds at which the wave began to bake. */
  bakeFrom: Time,
  /** Why the wave was rolled back. */
  reason: z.string().nullable(),
});

/** One deployment, as far as it came. */
export type DeployState = Readonly<z.output<typeof DEPLOY_STATE>>;

/** Names of alarms that are raised, by the city. */
export type RaisedAlarms = DeployState["raised"];

/** Whether somebody is at it, or was killed at it. */
export function isUnderWay({ phase }: Pick<DeployState, "phase">): boolean {
  return phase !== "done" && phase !== "failed" && phase !== "kept";
}

/** The cities of the wave at hand. */
export function waveOf({ waves, at }: Pick<DeployState, "waves" | "at">): readonly string[] {
  return waves[at] ?? [];
}

/** Every city of the wave runs the version: now it is watched. */
export function baking(state: DeployState, now: number): DeployState {
  return { ...state, phase: "baking", tries: {}, bakeFrom: now };
}

/** The wave stood its test: on to the next one, or done. @param raised as it is before the next one */
export function afterWave(state: DeployState, raised: RaisedAlarms): DeployState {
  const next = { ...state, given: withWave(state), raised };
  const at = state.at + 1;
  if (at >= state.waves.length) return { ...next, phase: "done" };
  return { ...next, at, phase: "deploying", tries: {} };
}

/**
 * The wave stays at what was brought to it, though not all is well. What was to be taken back may be
 * taken back once more.
 */
export function keptWave(state: DeployState, reason: string): DeployState {
  return { ...state, given: givenNow(state), phase: "kept", reason };
}

/** What cities were given, with the wave at hand where it was brought to. */
function withWave(state: DeployState): DeployState["given"] {
  const { version, leaves, before } = state;
  const given = { ...state.given };
  for (const city of waveOf(state)) {
    const ran = before[city] ?? null;
    // What ran already was not brought by this order: the way back is that of the one that brought it.
    if (leaves === null && ran === version && given[city]?.release === version) continue;
    const isWay = leaves === null && ran !== version;
    given[city] = { release: version, before: isWay ? ran : null };
  }
  return given;
}

/**
 * What each city was given last, and the way back, which belongs to the city and not to the last order:
 * waves are deployed one by one as well. Of a wave that is between two releases it is the newer one.
 */
export function givenNow(state: DeployState): DeployState["given"] {
  return state.leaves === null ? withWave(state) : state.given;
}

/** What a city ran when it last stood still, as far as it was written down. */
export function lastRun(state: DeployState, city: string): string | null {
  const isAtHand = state.phase !== "done" && waveOf(state).includes(city);
  if (!isAtHand) return state.given[city]?.release ?? null;
  return state.phase === "kept" ? state.version : (state.before[city] ?? null);
}

/** The wave failed: its cities go back to what they ran before; later waves stay as they are. */
export function rollingBack(state: DeployState, reason: string): DeployState {
  return { ...state, phase: "rolling-back", tries: {}, reason };
}

/** Whether a deployment is under way that this operator may not touch. */
export function isHeldFrom(state: DeployState, operator: string, now: UnixSeconds): boolean {
  return isUnderWay(state) && state.operator !== operator && state.until >= now;
}

/**
 * What somebody goes on with who names no release: the one that was killed half way, unless he gives
 * it up; `undefined` where there is none.
 */
export function halfDeployed(
  state: DeployState | undefined,
  { abandon = false }: { readonly abandon?: boolean },
): string | undefined {
  return state !== undefined && isUnderWay(state) && !abandon ? state.version : undefined;
}

/** Releases that cities run, or that one of them goes back to. */
export function neededReleases(state: DeployState): readonly string[] {
  const given = Object.values(givenNow(state)).flatMap(({ release, before }) => [release, before]);
  const all = [...given, ...Object.values(state.before)];
  return all.filter((version) => version !== null);
}

import * as z from "zod";
import type { UnixSeconds } from "#shared/primitives/brand.ts";

const Time = z.int().nonnegative();
const Versions = z.record(z.string(), z.string().nullable());

/** Shape of `deploy.json` in the release bucket. @source cloud.md 11 */
export const DEPLOY_STATE = z.strictObject({
  v: z.literal(1),
  /** Who deploys, such as `anna@laptop`. */
  operator: z.string().min(1).max(200),
  /** Unix seconds until which nobody else may go on; renewed while it runs. */
  until: Time,
  version: z.string().min(1),
  phase: z.enum(["deploying", "baking", "rolling-back", "done", "failed"]),
  /** City codes by wave, in the order of deployment. */
  waves: z.array(z.array(z.string()).min(1)).min(1),
  /** Index of the wave at hand. */
  at: Time,
  /** What each city ran before; `null` where it ran nothing. */
  before: Versions,
  /** Tries to bring a city of the wave at hand to where it should be. */
  tries: z.record(z.string(), Time),
  /** Unix seconds at which the wave began to bake. */
  bakeFrom: Time,
  /** Why the wave was rolled back. */
  reason: z.string().nullable(),
});

/** One deployment, as far as it came. */
export type DeployState = Readonly<z.output<typeof DEPLOY_STATE>>;

/** Whether somebody is at it, or was killed at it. */
export function isUnderWay({ phase }: Pick<DeployState, "phase">): boolean {
  return phase !== "done" && phase !== "failed";
}

/** The cities of the wave at hand. */
export function waveOf({ waves, at }: Pick<DeployState, "waves" | "at">): readonly string[] {
  return waves[at] ?? [];
}

/** Every city of the wave runs the version: now it is watched. */
export function baking(state: DeployState, now: number): DeployState {
  return { ...state, phase: "baking", tries: {}, bakeFrom: now };
}

/** The wave stood its test: on to the next one, or done. */
export function afterWave(state: DeployState): DeployState {
  const at = state.at + 1;
  if (at >= state.waves.length) return { ...state, phase: "done" };
  return { ...state, at, phase: "deploying", tries: {} };
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

import type { ConsensusError } from "#shared/consensus/verdict.ts";
import type { ValidateDeps } from "./deps.ts";

/** Whether a rejection still holds: one that names a time ends with it. */
export function isStanding(
  { effect, detail }: ConsensusError,
  { clock }: Pick<ValidateDeps, "clock">,
): boolean {
  if (effect === "invalid") return true;
  const until = detail["until"];
  return effect === "until" && typeof until === "number" && clock.now() < until;
}

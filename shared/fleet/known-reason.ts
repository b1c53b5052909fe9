import { type ErrorCode, findError } from "#shared/primitives/error-catalogue.ts";
import { REASON_NAMES, type ReasonName } from "./reason.ts";

/**
 * A reason as this release calls it. One that only another release has is told by its own text, under
 * the name that says no more than that something is wrong: whether it counts, it says itself.
 *
 * @param name as a city gives it, perhaps of a newer release
 */
export function knownReasonName(name: string): ReasonName {
  return REASON_NAMES.find((one) => one === name) ?? "phase";
}

/** The same of its code. */
export function knownReasonCode(code: string): ErrorCode {
  return findError(code) === undefined ? "EXOS-E2001" : (code as ErrorCode); // of the catalogue
}

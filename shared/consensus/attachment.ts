import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { ConsensusError, Verdict } from "#shared/consensus/verdict.ts";

/** Where a header would stand whose parent is stored with its block. */
export interface OpenAttachment {
  readonly state: "open";
  readonly parent: HeaderRecord;
}

/** What is known about the parent of a header. @source exos-l1.md 3.1, 3.7 */
export type Attachment =
  | OpenAttachment
  /** No block of that hash is stored. */
  | { readonly state: "unknown" }
  /** It, or an ancestor of it, was found bad. */
  | { readonly state: "rejected"; readonly error: ConsensusError }
  /** Its branch leaves the chain below the last final block. */
  | { readonly state: "too-deep"; readonly fork: number; readonly final: number };

/** The verdict on an announced header. */
export interface HeaderJudgement {
  readonly verdict: Verdict;
  /** With effect `unknown`: whether a block between the chain and the header may still settle it. */
  readonly mayWait: boolean;
}

import type { ConsensusError } from "#shared/consensus/verdict.ts";

/**
 * Who is banned for something that was judged bad: nobody; the peer that sent it; or every peer
 * whose chain has it in it, because each of them claims that it is good.
 */
export type Blame = "nobody" | "sender" | "claimants";

/**
 * Follows from what is known about the hash, and from how far the judging went, never from the
 * rule. What cannot be judged yet is nobody's fault. What stands in no hash, and what is checked
 * before anything is kept, is the sender's: others may serve the same hash whole. Times that have
 * not come yet ban as all else does [seen: RejectUntil plays no part].
 *
 * @source exos-l1.md 3.1, 7.8
 */
export function blameOf({ stage, effect }: Pick<ConsensusError, "stage" | "effect">): Blame {
  if (effect === "unknown") return "nobody";
  const isEarly = stage === "header" || stage === "integrity";
  return isEarly || effect === "bytes" ? "sender" : "claimants";
}

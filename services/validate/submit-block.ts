import type { SubmitAnswer } from "#shared/consensus/submit-answer.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { type Acceptance, acceptBlock } from "./accept-block.ts";
import type { ValidateDeps } from "./deps.ts";
import { isOnChain, readTip } from "./tip-view.ts";

/** A verdict, or why the bytes are no block. */
export type Submission =
  | { readonly state: "undecodable"; readonly reason: string }
  | { readonly state: "judged"; readonly hash: HashHex; readonly answer: SubmitAnswer };

/** Whoever waits for a verdict must learn when it is there. */
export interface SubmitDeps extends ValidateDeps {
  /** Resolves when whoever connects has looked at everything hinted so far, or has left. */
  connected(): Promise<void>;
}

/**
 * Take a block from a caller who waits for the verdict, all stages of it.
 *
 * @throws StoreFault when the world failed; nothing is known about the block then
 * @source interfaces.md 2; BIP22
 */
export async function submitBlock(bytes: Uint8Array, deps: SubmitDeps): Promise<Submission> {
  const acceptance = await acceptBlock(bytes, deps);
  if (acceptance.state === "undecodable") {
    return { state: "undecodable", reason: acceptance.fault.message };
  }
  if (acceptance.state === "accepted" && acceptance.heavier) await deps.connected();
  const hash = hashOf(acceptance);
  return { state: "judged", hash, answer: await answerTo(acceptance, deps) };
}

function hashOf(acceptance: Exclude<Acceptance, { state: "undecodable" }>): HashHex {
  switch (acceptance.state) {
    case "accepted":
      return acceptance.record.hash;
    case "known":
      return acceptance.stored.record.hash;
    case "orphan":
    case "too-deep":
    case "refused":
      return acceptance.hash;
  }
}

async function answerTo(
  acceptance: Exclude<Acceptance, { state: "undecodable" }>,
  deps: SubmitDeps,
): Promise<SubmitAnswer> {
  switch (acceptance.state) {
    case "known":
      return (await isCondemned(acceptance.stored, deps)) ? "duplicate-invalid" : "duplicate";
    case "orphan":
      return "prev-blk-not-found";
    case "too-deep":
      return "inconclusive";
    case "refused":
      return acceptance.error.code;
    case "accepted": {
      const stored = await deps.headers.get(acceptance.record.hash);
      if (stored?.rejected !== undefined) return stored.rejected.code;
      const active = await isOnChain(acceptance.record, await readTip(deps), deps);
      return active ? null : "inconclusive";
    }
  }
}

/** Whether a block, or an ancestor of it that is not on the chain, was found bad. */
async function isCondemned(stored: StoredHeader, deps: SubmitDeps): Promise<boolean> {
  const tip = await readTip(deps);
  let at: StoredHeader | undefined = stored;
  while (at !== undefined) {
    if (at.rejected !== undefined) return true;
    if (at.record.height <= tip.final || (await isOnChain(at.record, tip, deps))) return false;
    at = await deps.headers.get(toHashHex(at.record.header.prev));
  }
  return false;
}

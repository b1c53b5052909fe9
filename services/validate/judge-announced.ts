import type { Announcement } from "#shared/consensus/announcement.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { judgeAnnouncement } from "#shared/consensus/judge-header.ts";
import {
  atStage,
  type ConsensusError,
  type Verdict,
  violation,
} from "#shared/consensus/verdict.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { isKernelOlder, isStanding } from "./accept-block.ts";
import type { ValidateDeps } from "./deps.ts";
import { readKernelCoin } from "./read-coins.ts";
import { findFork, isOnChain, readTip, viewAt } from "./tip-view.ts";

/** What is said of a branch that will not be followed any more. */
const NOT_NOW = violation("proven-header-invalid-previous-header");

/** Where a header would stand whose parent is stored with its block. */
export interface OpenAttachment {
  readonly state: "open";
  readonly parent: HeaderRecord;
}

/** What is known about the parent of a header. */
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

/** Look where a header with this parent would stand. @source exos-l1.md 3.1, 3.7 */
export async function attachHeader(prev: HashHex, deps: ValidateDeps): Promise<Attachment> {
  const tip = await readTip(deps);
  const parent = await deps.headers.get(prev);
  if (parent === undefined) return { state: "unknown" };
  const error = await faultOf(parent, deps);
  if (error !== undefined) return { state: "rejected", error };
  if (parent.bodySize === undefined) return { state: "unknown" };
  const fork = await findFork(parent.record, tip, deps);
  if (fork !== undefined) return { state: "open", parent: parent.record };
  return { state: "too-deep", fork: Math.min(parent.record.height, tip.final), final: tip.final };
}

/** Why a block is bad: its own fault, or that of an ancestor beside the chain. */
async function faultOf(
  block: StoredHeader,
  deps: ValidateDeps,
): Promise<ConsensusError | undefined> {
  const tip = await readTip(deps);
  let at: StoredHeader | undefined = block;
  while (at !== undefined) {
    if (at.rejected !== undefined && isStanding(at.rejected, deps)) return at.rejected;
    if (at.record.height <= tip.final || (await isOnChain(at.record, tip, deps))) return undefined;
    at = await deps.headers.get(toHashHex(at.record.header.prev));
  }
  return undefined;
}

/**
 * Judge an announced header by its own rules and by its proof, with the coins as its parent leaves
 * them, or as near to that as the store can tell: on a branch beside the chain, as the fork does.
 *
 * @throws StoreFault when the world failed
 * @source exos-l1.md 3.3, 3.5
 */
export async function judgeAnnounced(
  announced: Announcement,
  { parent }: OpenAttachment,
  deps: ValidateDeps,
): Promise<HeaderJudgement> {
  const { network, clock, policy } = deps;
  const tip = await readTip(deps);
  // The tip may have moved since it was asked where the header stands.
  const fork = await findFork(parent, tip, deps);
  if (fork === undefined) return { verdict: atStage("header", NOT_NOW), mayWait: false };
  const shown = announced.proof?.coinstake;
  // The place of a coinstake in its block; whether it is one, who reads its coin finds out.
  const transactions = shown === undefined ? [] : [shown, shown];
  const view = viewAt(tip, fork);
  const verdict = judgeAnnouncement(announced, {
    parent,
    params: network.consensus,
    coins: await readKernelCoin({ transactions }, view, deps),
    now: clock.now(),
    checkpoints: policy.checkpoints,
  });
  return { verdict, mayWait: !isKernelOlder(parent, fork, network.consensus) };
}

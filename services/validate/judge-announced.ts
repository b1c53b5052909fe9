import { coinKeyOf, OUTPUTS_MAX, slotOf } from "#shared/coins/coin-key.ts";
import { unpackOutput } from "#shared/coins/pack-outputs.ts";
import type { Tip } from "#shared/coins/tip.ts";
import type { View } from "#shared/coins/view.ts";
import type { Announcement } from "#shared/consensus/announcement.ts";
import type { Attachment, HeaderJudgement, OpenAttachment } from "#shared/consensus/attachment.ts";
import type { HeaderEnv } from "#shared/consensus/judge-env.ts";
import { judgeAnnouncement } from "#shared/consensus/judge-header.ts";
import { atStage, type ConsensusError, violation } from "#shared/consensus/verdict.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";
import { isKernelOlder } from "./accept-block.ts";
import type { ArrivalDeps } from "./arrival-deps.ts";
import { isStanding } from "./is-standing.ts";
import { readKernelCoin } from "./read-coins.ts";
import { findFork, isOnChain, readTip, viewAt } from "./tip-view.ts";

/** What is said of a branch that will not be followed any more. */
const NOT_NOW = violation("proven-header-invalid-previous-header");

/** Look where a header with this parent would stand. @source exos-l1.md 3.1, 3.7 */
export async function attachHeader(prev: HashHex, deps: ArrivalDeps): Promise<Attachment> {
  const tip = await readTip(deps);
  const parent = await deps.headers.get(prev);
  if (parent === undefined) return { state: "unknown" };
  const error = await faultOf(parent, deps);
  if (error !== undefined) return { state: "rejected", error };
  if (!(await hasBody(parent, tip, deps))) return { state: "unknown" };
  const fork = await findFork(parent.record, tip, deps);
  if (fork !== undefined) return { state: "open", parent: parent.record };
  return { state: "too-deep", fork: Math.min(parent.record.height, tip.final), final: tip.final };
}

/** A kill may leave a header that notes its body without the body itself. */
async function hasBody(stored: StoredHeader, tip: Tip, deps: ArrivalDeps): Promise<boolean> {
  if (stored.bodySize === undefined) return false;
  if (await isOnChain(stored.record, tip, deps)) return true;
  return (await deps.blocks.get(stored.record.hash)) !== undefined;
}

/** Why a block is bad: its own fault, or that of an ancestor beside the chain. */
async function faultOf(
  block: StoredHeader,
  deps: ArrivalDeps,
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
  deps: ArrivalDeps,
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
    spentRecord: await readSpentRecord(shown?.inputs[0]?.prevout, view, deps),
    now: clock.now(),
    checkpoints: policy.checkpoints,
  });
  return { verdict, mayWait: !isKernelOlder(parent, fork, network.consensus) };
}

/**
 * What the reference's record of spent outputs would say: of an output that nobody can have spent,
 * because its transaction has none at that index, that it is lost.
 *
 * @source ProvenHeaderCoinstakeRule.cs CheckIfCoinstakeIsSpentOnAnotherChain (EXOSFullNode
 *   e61c2e61); exos-l1.md 3.5 step 4
 */
async function readSpentRecord(
  kernel: Outpoint | undefined,
  view: View,
  { coins }: ArrivalDeps,
): Promise<NonNullable<HeaderEnv["spentRecord"]>> {
  const unrecorded = () => ({ isRecorded: false }) as const;
  if (kernel === undefined || kernel.index >= OUTPUTS_MAX) return unrecorded;
  const key = coinKeyOf(kernel.txid, kernel.index);
  const [item] = await coins.read(view.gen, [key]);
  const isThere = item?.content && unpackOutput(item.content.outputs, slotOf(kernel.index));
  return isThere === undefined ? () => ({ isRecorded: true, coin: undefined }) : unrecorded;
}

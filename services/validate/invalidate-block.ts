import { lighterTip, type NextTip, renumberedTip, type Tip } from "#shared/coins/tip.ts";
import { isBetterTip } from "#shared/consensus/compare-work.ts";
import type { ConsensusError } from "#shared/consensus/verdict.ts";
import type { HeaderTree, StoredHeader } from "#shared/ports/header-store.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import { announceTip } from "./announce-tip.ts";
import { connectCandidates } from "./connect.ts";
import type { ValidateDeps } from "./deps.ts";
import { carryTotals } from "./tip-totals.ts";
import { isOnChain, knownHeader, readTip, viewAt } from "./tip-view.ts";

/** Leaves of branches that may come back when a block is invalidated or reconsidered. */
const LEAVES_MAX = 256;
/** Descendants of a reconsidered block whose verdicts are lifted with its own. */
const DESCENDANTS_MAX = 1_000_000;
/** Lost races in a row after which the store is behaving strangely. */
const LOST_MAX = 8;

/** No rule says so but the operator. */
const BY_HAND: ConsensusError = {
  code: "checkpoint-violation",
  stage: "header",
  effect: "invalid",
  detail: { by: "invalidateblock" },
};

/**
 * Treat a block as bad, step back before it if it is on our chain, and follow the best branch that
 * is left. The one way to a lighter tip.
 */
export async function invalidateBlock(
  hash: HashHex,
  deps: ValidateDeps,
): Promise<Result<void, Refusal>> {
  const stored = await deps.headers.get(hash);
  if (stored === undefined) return unknownBlock(hash);
  for (let lost = 0; lost < LOST_MAX; lost++) {
    const tip = await readTip(deps);
    const { record } = stored;
    const active = await isOnChain(record, tip, deps);
    if (active && record.height <= tip.final) {
      const message = `Block ${hash} at height ${record.height} is final; the last one that may go is ${tip.final + 1}.`;
      return refusal("EXOS-E2008", message, { hash, height: record.height, final: tip.final });
    }
    await deps.headers.setRejected(hash, BY_HAND);
    // Also a branch that is being connected with this block in it must not win any more.
    const next = active
      ? await tipBefore(stored, tip, deps)
      : renumberedTip(tip, deps.network.consensus);
    if (!(await deps.coins.commit(tip.rev, await carryTotals(next, tip, deps)))) continue;
    if (active) await announceTip(next.tip, deps);
    await recallLeaves(deps);
    await connectCandidates(deps);
    return { ok: true, value: undefined };
  }
  throw new StoreFault("The tip keeps moving.", { retryable: true });
}

/**
 * Step back before a block that is on our chain and was called bad: a kill came after its verdict
 * was written and before the lighter tip was.
 */
export async function leaveInvalid(deps: ValidateDeps): Promise<void> {
  const tip = await readTip(deps);
  let lowest: HashHex | undefined;
  let at = await deps.headers.get(tip.hash);
  while (at !== undefined && at.record.height > tip.final) {
    if (at.rejected !== undefined) lowest = at.record.hash;
    at = await deps.headers.get(toHashHex(at.record.header.prev));
  }
  if (lowest !== undefined) await invalidateBlock(lowest, deps);
}

/** The tip that ends in the parent of a block of its chain. */
async function tipBefore({ record }: StoredHeader, tip: Tip, deps: ValidateDeps): Promise<NextTip> {
  const parent = await knownHeader(toHashHex(record.header.prev), deps);
  return lighterTip(tip, viewAt(tip, parent), deps.network.consensus);
}

/** Lift the verdict from a block, its ancestors and its descendants, and judge them again. */
export async function reconsiderBlock(
  hash: HashHex,
  deps: ValidateDeps & { readonly headers: HeaderTree },
): Promise<Result<void, Refusal>> {
  const stored = await deps.headers.get(hash);
  if (stored === undefined) return unknownBlock(hash);
  const tip = await readTip(deps);
  let at: StoredHeader | undefined = stored;
  while (at !== undefined && !(await isOnChain(at.record, tip, deps))) {
    if (at.rejected !== undefined) await deps.headers.clearRejected(at.record.hash);
    at = await deps.headers.get(toHashHex(at.record.header.prev));
  }
  const waiting = [hash];
  for (let seen = 0; seen < DESCENDANTS_MAX; seen++) {
    const next = waiting.pop();
    if (next === undefined) break;
    const header = await deps.headers.get(next);
    if (header?.rejected !== undefined) await deps.headers.clearRejected(next);
    waiting.push(...(await deps.headers.children(next)));
  }
  await recallLeaves(deps);
  await connectCandidates(deps);
  return { ok: true, value: undefined };
}

/**
 * Make candidates again of what could outweigh the tip: for each leaf, the last block before the
 * first that is bad or has no body.
 */
export async function recallLeaves(deps: ValidateDeps): Promise<void> {
  const tip = await readTip(deps);
  for (const leaf of await deps.headers.leaves(LEAVES_MAX)) {
    let best: StoredHeader | undefined;
    let at = await deps.headers.get(leaf);
    while (at !== undefined && isBetterTip(at.record, tip)) {
      const usable = at.rejected === undefined && at.bodySize !== undefined;
      best = usable ? (best ?? at) : undefined;
      at = await deps.headers.get(toHashHex(at.record.header.prev));
    }
    if (best !== undefined) await deps.headers.addCandidate(best.record);
  }
}

function unknownBlock(hash: HashHex): { readonly ok: false; readonly error: Refusal } {
  return refusal("EXOS-E4041", `No block ${hash} is known here.`, { hash });
}

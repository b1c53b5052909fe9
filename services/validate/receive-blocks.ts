import { decodeBlock } from "#shared/codec/decode-block.ts";
import { blockHint } from "#shared/messages/block-hint.ts";
import type { Block } from "#shared/primitives/block.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { type Acceptance, placeBlock } from "./accept-block.ts";
import { admitBlock } from "./admit-block.ts";
import { Branch } from "./branch.ts";
import { COMMIT_BLOCKS, connectCandidates, reject } from "./connect.ts";
import type { ImportDeps } from "./import-chain.ts";
import { isStanding } from "./is-standing.ts";
import { readKernelCoin } from "./read-coins.ts";
import { knownHeader, readTip } from "./tip-view.ts";

/** Blocks that may wait for their scripts before a commit waits with them. */
const WAITING_BLOCKS_MAX = 2 * COMMIT_BLOCKS;

/** Takes what peers deliver, one block at a time, each after its parent. */
export interface BlockReceiver {
  /**
   * Judge and store one block; what follows the tip is judged by every rule but its scripts, which
   * run meanwhile. What is found bad later is told to `ValidateDeps.rejected`.
   *
   * @param bytes the caller's, unchanged while this runs
   */
  take(bytes: Uint8Array): Promise<Acceptance>;
  /** Wait for every script, and make what stands the tip. */
  settle(): Promise<void>;
}

/**
 * The way of blocks that come in the order of the chain: decoded once, their coins read once, judged
 * on a branch that grows in memory, and committed in groups. A block beside it goes the way of
 * every other block. One caller at a time.
 *
 * @source architecture.md "The life of a block", `load`
 */
export function createBlockReceiver(deps: ImportDeps): BlockReceiver {
  let branch: Branch | undefined;

  /** The branch that grows from the tip; one without blocks of its own follows a tip that moved. */
  async function branchAtTip(): Promise<Branch> {
    const tip = await readTip(deps);
    if (branch === undefined || (branch.uncommitted === 0 && branch.tip.rev !== tip.rev)) {
      branch = await Branch.open(tip, await knownHeader(tip.hash, deps), deps);
    }
    return branch;
  }

  async function commit(which: "all" | "settled"): Promise<void> {
    if (branch === undefined || branch.uncommitted === 0) return;
    const { end } = branch;
    const outcome = await branch.commit(which);
    if (outcome.state === "lost") {
      // Somebody else moved the tip: whoever connects finds out which of both ends is better.
      branch = undefined;
      await deps.headers.addCandidate(end);
      await deps.connect.send(blockHint("connect", end.hash));
    } else if (outcome.bad !== undefined) {
      branch = undefined;
      await reject(outcome.bad, deps);
    }
  }

  /** The ordinary case: the block that follows the last one. */
  async function extend(on: Branch, block: Block, bytes: Uint8Array): Promise<Acceptance> {
    const hash = toHashHex(block.hash);
    const before = await deps.headers.get(hash);
    if (before?.rejected !== undefined && isStanding(before.rejected, deps)) {
      return { state: "known", stored: before };
    }
    // The view is the parent's own, so a kernel it lacks is nowhere.
    const surroundings = {
      parent: on.end,
      coins: await readKernelCoin(block, on.view, deps),
      strict: true,
    };
    const admitted = await admitBlock({ block, bytes }, surroundings, deps);
    if (!admitted.ok) return { state: "refused", hash, error: admitted.error };
    const record = admitted.value;
    const error = await on.append({ block, record });
    if (error !== undefined) {
      await reject({ record, error }, deps);
      return { state: "refused", hash, error };
    }
    if (on.isRipe(COMMIT_BLOCKS)) {
      // Waiting for the last scripts would leave the workers without work meanwhile.
      await commit(on.isRipe(WAITING_BLOCKS_MAX) ? "all" : "settled");
      await deps.flushWhenDue();
    }
    return { state: "accepted", record, heavier: true };
  }

  async function take(bytes: Uint8Array): Promise<Acceptance> {
    const decoded = decodeBlock(bytes, deps.network.consensus.wire);
    if (!decoded.ok) return { state: "undecodable", fault: decoded.error };
    const on = await branchAtTip();
    if (toHashHex(decoded.value.header.prev) === on.end.hash) {
      return extend(on, decoded.value, bytes);
    }
    await commit("all");
    const acceptance = await placeBlock(bytes, deps, "peer");
    if (acceptance.state === "accepted" && acceptance.heavier) await connectCandidates(deps);
    return acceptance;
  }

  /** After a fault nobody knows how far the branch got: the next block looks at the stores. */
  async function guarded<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (cause) {
      branch = undefined;
      throw cause;
    }
  }

  return {
    take: (bytes) => guarded(take(bytes)),
    settle: () => guarded(commit("all")),
  };
}

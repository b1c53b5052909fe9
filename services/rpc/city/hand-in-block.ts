import type { Submission } from "#services/rpc/deps.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { SubmitAnswer } from "#shared/consensus/submit-answer.ts";
import type { ConsensusError } from "#shared/consensus/verdict.ts";
import { type BlockHint, blockHint } from "#shared/messages/block-hint.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HeaderStore, StoredHeader } from "#shared/ports/header-store.ts";
import type { WorkQueue } from "#shared/ports/work-queue.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

/** What became of bytes that were judged by header and integrity, and stored. */
export type Stored =
  | { readonly state: "accepted"; readonly record: HeaderRecord; readonly heavier: boolean }
  | { readonly state: "known"; readonly stored: StoredHeader }
  | { readonly state: "orphan" | "too-deep"; readonly hash: HashHex }
  | { readonly state: "refused"; readonly hash: HashHex; readonly error: ConsensusError }
  | { readonly state: "undecodable"; readonly fault: Error };

export interface HandInDeps {
  /** Judge header and integrity of a block, and store it. */
  store(block: Uint8Array): Promise<Stored>;
  /** Asks for a stored block to be checked and connected. */
  readonly blocks: WorkQueue<BlockHint>;
  readonly headers: Pick<HeaderStore, "get">;
  readonly coins: Pick<CoinStore, "tip" | "frozen">;
  readonly clock: Clock;
}

/** How long a caller waits for the verdict of those who check and connect. */
const WAIT_MS = 15_000;
const LOOK_MS = 500;

/**
 * A block from a caller of a city: stored, hinted at, and judged by whoever judges every block. The
 * answer is theirs if they are done within 15 s; else `inconclusive`.
 * @source cloud.md 9.1; BIP22
 */
export async function handInBlock(block: Uint8Array, deps: HandInDeps): Promise<Submission> {
  const stored = await deps.store(block);
  if (stored.state === "undecodable") {
    return { state: "undecodable", reason: stored.fault.message };
  }
  return { state: "judged", answer: await answerTo(stored, deps) };
}

async function answerTo(
  stored: Exclude<Stored, { state: "undecodable" }>,
  deps: HandInDeps,
): Promise<SubmitAnswer> {
  switch (stored.state) {
    case "known":
      return stored.stored.rejected === undefined ? "duplicate" : "duplicate-invalid";
    case "orphan":
      return "prev-blk-not-found";
    case "too-deep":
      return "inconclusive";
    case "refused":
      return stored.error.code;
    case "accepted":
      if (!stored.heavier) return "inconclusive";
      await deps.blocks.send(blockHint("block", stored.record.hash), "rpc");
      return waitFor(stored.record, deps);
  }
}

async function waitFor(record: HeaderRecord, deps: HandInDeps): Promise<SubmitAnswer> {
  const { headers, coins, clock } = deps;
  for (let waitedMs = 0; waitedMs < WAIT_MS; waitedMs += LOOK_MS) {
    await clock.sleep(LOOK_MS);
    const rejected = (await headers.get(record.hash))?.rejected;
    if (rejected !== undefined) return rejected.code;
    const tip = await coins.tip();
    const active = tip === undefined ? undefined : await activeHashAt(record.height, tip, coins);
    if (active === record.hash) return null;
  }
  return "inconclusive";
}

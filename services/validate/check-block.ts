import { judgePartial } from "#shared/consensus/judge-partial.ts";
import { type BadHint, badHint } from "#shared/messages/bad-hint.ts";
import { type BlockHint, blockHint } from "#shared/messages/block-hint.ts";
import type { Delivery, WorkQueue } from "#shared/ports/work-queue.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { ValidateDeps } from "./deps.ts";
import { isStanding } from "./is-standing.ts";
import { readStoredBody } from "./stored-body.ts";
import { knownHeader } from "./tip-view.ts";

/** What judging a block alone asks for. */
export interface CheckDeps
  extends Pick<ValidateDeps, "network" | "blocks" | "headers" | "policy" | "clock" | "log"> {
  /** Asks for a block to be connected. */
  readonly connect: WorkQueue<BlockHint>;
  /** Tells whoever talks to peers what was found bad, after that was written down. */
  readonly announce: WorkQueue<BadHint>;
}

/**
 * Judge a stored block by what its header's keeper left open and no other block decides, note the
 * verdict, and pass a good one on. Safe to repeat and to kill anywhere: facts are written before
 * hints, and whoever connects does the same for a block that nobody checked.
 *
 * @source cloud.md 1, 2
 */
export async function checkBlock(
  hash: HashHex,
  { group: peer }: Pick<Delivery, "group">,
  deps: CheckDeps,
): Promise<void> {
  const { headers, announce } = deps;
  const stored = await headers.get(hash);
  // Whoever stores a block hints after its header is kept; a hint without one is of no block of ours.
  if (stored === undefined) return;
  if (stored.rejected !== undefined && isStanding(stored.rejected, deps)) {
    await announce.send(badHint({ hash, code: stored.rejected.code, peer }));
    return;
  }
  if (stored.rejected !== undefined) await headers.clearRejected(hash);
  if (!stored.checked) {
    const body = await readStoredBody(hash, deps);
    // Nothing is said about the hash: other bytes may be right, and the peer process asks for them.
    if (body.state === "absent") return;
    if (body.state === "broken") {
      await announce.send(badHint({ hash, code: body.error?.code ?? "undecodable", peer }));
      return;
    }
    const { network, policy } = deps;
    const parent = await knownHeader(toHashHex(stored.record.header.prev), deps);
    const assumed = policy.assumes(stored.record);
    const error = judgePartial(body.block, { parent, params: network.consensus, assumed });
    if (error !== undefined) {
      deps.log.warn("EXOS-E2002", "block refused", {
        height: stored.record.height,
        hash,
        code: error.code,
        stage: error.stage,
      });
      if (error.effect === "invalid" || error.effect === "until") {
        await headers.setRejected(hash, error);
      }
      await headers.dropCandidate(hash);
      await announce.send(badHint({ hash, code: error.code, peer }));
      return;
    }
    await headers.setChecked(hash);
  }
  await deps.connect.send(blockHint("connect", hash));
}

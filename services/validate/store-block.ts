import { decodeBlock } from "#shared/codec/decode-block.ts";
import { isBetterTip } from "#shared/consensus/compare-work.ts";
import { judgeBlockHeader } from "#shared/consensus/judge-header.ts";
import { judgeIntegrity } from "#shared/consensus/judge-integrity.ts";
import type { Verdict } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { CoinsReader } from "#shared/primitives/coin.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { type Acceptance, type BlockPlace, findPlace, isKernelOlder } from "./accept-block.ts";
import { keepWithBody, recordOf } from "./admit-block.ts";
import type { ArrivalDeps } from "./arrival-deps.ts";
import { readKernelCoin } from "./read-coins.ts";
import { viewAt } from "./tip-view.ts";

/**
 * Take a block of a peer where others check and connect it: decode it, judge its header and that
 * the header commits to these bytes, store both, and remember it as a candidate. Its other rules
 * are left to whoever is hinted at it. Every step may be repeated; a kill or a fault between two of
 * them leaves a block that is unknown, and so is asked for again, or one that is a candidate.
 *
 * Of a run of blocks each is a candidate: who connects the last of them drops the others.
 *
 * @param bytes the caller's, unchanged while this runs
 * @source cloud.md 2, 3.1
 */
export async function storeBlock(bytes: Uint8Array, deps: ArrivalDeps): Promise<Acceptance> {
  const decoded = decodeBlock(bytes, deps.network.consensus.wire);
  if (!decoded.ok) return { state: "undecodable", fault: decoded.error };
  const block = decoded.value;
  const place = await findPlace(block, deps);
  if ("state" in place) return place;
  const { parent, tip, fork } = place;
  const coins = await readKernelCoin(block, viewAt(tip, fork), deps);
  const error = judgeStored(block, place, { coins, deps });
  if (error !== undefined) return { state: "refused", hash: toHashHex(block.hash), error };
  const record = recordOf(block, { parent, coins }, deps.network);
  const heavier = isBetterTip(record, tip);
  await keepWithBody({ block, bytes, record }, heavier, deps);
  return { state: "accepted", record, heavier };
}

/** What has to hold before anything is written: the header's own rules, and the body under it. */
function judgeStored(
  block: Block,
  { parent, fork }: BlockPlace,
  { coins, deps }: { readonly coins: CoinsReader; readonly deps: ArrivalDeps },
): Verdict {
  const { network, clock, policy } = deps;
  const params = network.consensus;
  const env = { parent, params, coins, now: clock.now(), checkpoints: policy.checkpoints };
  const announced = judgeBlockHeader(block, env);
  const isFinal = announced?.effect !== "unknown" || isKernelOlder(parent, fork, params);
  return announced !== undefined && isFinal ? announced : judgeIntegrity(block, params);
}

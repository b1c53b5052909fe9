import { decodeBlock } from "#shared/codec/decode-block.ts";
import type { DecodeFault } from "#shared/codec/reader.ts";
import type { Tip } from "#shared/coins/tip.ts";
import { isBetterTip } from "#shared/consensus/compare-work.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { stakeDepth } from "#shared/consensus/stake-depth.ts";
import type { ConsensusError } from "#shared/consensus/verdict.ts";
import { blockHint } from "#shared/messages/block-hint.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import type { Block } from "#shared/primitives/block.ts";
import { type HashHex, height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { admitBlock } from "./admit-block.ts";
import type { ArrivalDeps } from "./arrival-deps.ts";
import type { ValidateDeps } from "./deps.ts";
import { isStanding } from "./is-standing.ts";
import { readKernelCoin } from "./read-coins.ts";
import { findFork, readTip, viewAt } from "./tip-view.ts";

/** What became of a block that somebody handed in. */
export type Acceptance =
  /** Its rules but the full ones passed and it is stored; `heavier`: it is a candidate. */
  | { readonly state: "accepted"; readonly record: HeaderRecord; readonly heavier: boolean }
  /** It was stored before. */
  | { readonly state: "known"; readonly stored: StoredHeader }
  | { readonly state: "orphan"; readonly hash: HashHex; readonly prev: HashHex }
  /** Its branch leaves the chain below the last final block, so it will never be followed. */
  | { readonly state: "too-deep"; readonly hash: HashHex; readonly final: number }
  | { readonly state: "refused"; readonly hash: HashHex; readonly error: ConsensusError }
  | { readonly state: "undecodable"; readonly fault: DecodeFault };

/**
 * Take a block from outside: decode it, judge its header, its integrity and its partial rules in
 * this order, store the body, remember it as a candidate, and hint. Every step may be repeated, and
 * whoever dies between two of them leaves nothing wrong behind.
 *
 * @param bytes the caller's, unchanged while this runs
 */
export async function acceptBlock(bytes: Uint8Array, deps: ValidateDeps): Promise<Acceptance> {
  const acceptance = await placeBlock(bytes, deps);
  if (acceptance.state === "accepted" && acceptance.heavier) {
    await deps.connect.send(blockHint("connect", acceptance.record.hash));
  }
  return acceptance;
}

/**
 * The same without the hint, for who connects by himself.
 *
 * @param from a peer's block is not kept where its kernel's coin is unknown and none of the blocks
 *   between the chain and it could have made that coin
 */
export async function placeBlock(
  bytes: Uint8Array,
  deps: ValidateDeps,
  from: "operator" | "peer" = "operator",
): Promise<Acceptance> {
  const { consensus } = deps.network;
  const decoded = decodeBlock(bytes, consensus.wire);
  if (!decoded.ok) return { state: "undecodable", fault: decoded.error };
  const block = decoded.value;
  const place = await findPlace(block, deps);
  if ("state" in place) return place;
  const { parent, tip, fork } = place;

  const coins = await readKernelCoin(block, viewAt(tip, fork), deps);
  const strict = from === "peer" && isKernelOlder(parent, fork, consensus);
  const admitted = await admitBlock({ block, bytes }, { parent, coins, strict }, deps);
  if (!admitted.ok) return { state: "refused", hash: toHashHex(block.hash), error: admitted.error };
  const record = admitted.value;
  const heavier = isBetterTip(record, tip);
  if (heavier) {
    await deps.headers.addCandidate(record);
    // Whoever follows the child follows its parent, and a long run of blocks waits as one.
    await deps.headers.dropCandidate(parent.hash);
  }
  return { state: "accepted", record, heavier };
}

/** Where a block stands that has to be judged. */
export interface BlockPlace {
  readonly parent: HeaderRecord;
  readonly tip: Tip;
  /** The last block that its branch shares with the tip's chain. */
  readonly fork: HeaderRecord;
}

/** Look where a block stands. @returns what became of it where there is nothing to judge */
export async function findPlace(
  block: Pick<Block, "hash" | "header">,
  deps: ArrivalDeps,
): Promise<
  BlockPlace | Extract<Acceptance, { state: "known" | "orphan" | "refused" | "too-deep" }>
> {
  const hash = toHashHex(block.hash);
  // Before anything is looked up: on an empty store this makes genesis known.
  const tip = await readTip(deps);
  const stored = await deps.headers.get(hash);
  if (stored !== undefined && (await isSettled(stored, deps))) return { state: "known", stored };
  const prev = toHashHex(block.header.prev);
  const parent = await deps.headers.get(prev);
  if (parent === undefined) return { state: "orphan", hash, prev };
  const inherited = inheritedFault(parent, deps);
  if (inherited !== undefined) return { state: "refused", hash, error: inherited };
  const fork = await findFork(parent.record, tip, deps);
  if (fork === undefined) return { state: "too-deep", hash, final: tip.final };
  return { parent: parent.record, tip, fork };
}

/**
 * Whether a coin that the child of this block may stake was made at or below the fork: a kernel lies
 * deeper than the branch is long.
 */
export function isKernelOlder(
  parent: Pick<HeaderRecord, "height">,
  fork: Pick<HeaderRecord, "height">,
  { stake }: Pick<ConsensusParams, "stake">,
): boolean {
  if (stake === undefined) return true;
  return parent.height - fork.height < stakeDepth(height(parent.height + 1), stake);
}

/** Whether there is nothing left to find out about these bytes. */
async function isSettled(stored: StoredHeader, deps: ArrivalDeps): Promise<boolean> {
  if (stored.rejected !== undefined) return isStanding(stored.rejected, deps);
  // A body that proved broken is dropped while its size stays noted.
  return stored.bodySize !== undefined && (await deps.blocks.get(stored.record.hash)) !== undefined;
}

/** Children of a bad block are bad with it, by its code. */
function inheritedFault(parent: StoredHeader, deps: ArrivalDeps): ConsensusError | undefined {
  const { rejected, record } = parent;
  if (rejected === undefined || !isStanding(rejected, deps)) return undefined;
  return { ...rejected, detail: { ancestor: record.hash, ...rejected.detail } };
}

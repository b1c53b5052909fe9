import { hashHeader } from "#shared/codec/header.ts";
import { blockWork } from "#shared/consensus/block-work.ts";
import { nextDeployments } from "#shared/consensus/deployment-states.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { CompactBits, UnixSeconds } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";

/** How many header times a record carries. */
const TIMES_MAX = 11;

interface Point {
  readonly bits: CompactBits;
  readonly time: UnixSeconds;
}

function samePoints(a: readonly Point[], b: readonly Point[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ bits, time }, at) => bits === b[at]?.bits && time === b[at]?.time)
  );
}

function checkContext(
  { header, height, proofKind, context }: HeaderRecord,
  parent: HeaderRecord,
  params: ConsensusParams,
): string | undefined {
  const times = [...parent.context.times, header.time].slice(-TIMES_MAX);
  if (times.join() !== context.times.join()) return "times";
  const last = [{ bits: header.bits, time: header.time }, ...parent.context.last[proofKind]];
  const other = proofKind === "work" ? "stake" : "work";
  if (!samePoints(context.last[proofKind], last.slice(0, 2))) return "last proofs";
  if (!samePoints(context.last[other], parent.context.last[other])) return "last proofs";
  const before = parent.context.deployments;
  const deployments = nextDeployments({ height, version: header.version, times, before }, params);
  const same = deployments.every(({ state, signals }, at) => {
    return state === context.deployments[at]?.state && signals === context.deployments[at]?.signals;
  });
  return same && deployments.length === context.deployments.length ? undefined : "deployments";
}

/**
 * Whether a header out of a snapshot can stand on its parent: by its hash, its link, its work, the
 * checkpoints, and all that follows from headers alone. Kind of proof, stake modifier and hash
 * proof follow from transactions too; checkpoints pin the modifiers along the way.
 *
 * @returns what is wrong with it
 * @source cloud.md 5.4 "Trust"
 */
export function checkSnapshotHeader(
  record: HeaderRecord,
  parent: HeaderRecord,
  params: ConsensusParams,
): string | undefined {
  const { header, height } = record;
  if (height !== parent.height + 1) return "height";
  if (toHashHex(hashHeader(header, params.wire)) !== record.hash) return "hash";
  if (toHashHex(header.prev) !== parent.hash) return "link";
  const work = blockWork(header.bits);
  if (work === 0n || record.work !== parent.work + work) return "work";
  const pinned = params.checkpoints.find((row) => row.height === height);
  if (pinned !== undefined && !equalBytes(pinned.hash, fromHashHex(record.hash)))
    return "checkpoint";
  const isModifierRight =
    pinned === undefined ||
    params.stake === undefined ||
    equalBytes(pinned.stakeModifier, record.stakeModifier);
  if (!isModifierRight) return "stake modifier of a checkpoint";
  if (record.skip !== (parent.height % 64 === 0 ? parent.hash : parent.skip)) return "skip";
  return checkContext(record, parent, params);
}

import type { Announcement } from "#shared/consensus/announcement.ts";
import { blockWork } from "#shared/consensus/block-work.ts";
import { copyHeader } from "#shared/consensus/describe-header.ts";
import type { HeaderRecord, ProofKind } from "#shared/consensus/header-record.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { height } from "#shared/primitives/brand.ts";
import { toHashHex, zeroHash } from "#shared/primitives/hash.ts";
import { isCoinstake } from "#shared/primitives/transaction-shape.ts";

/** How many header times a median is taken of. */
const TIMES_MAX = 11;

/**
 * What the children of a header are judged by while its block is not here: work and times, which it
 * commits to, and the kind of its proof as it claims it. Its modifier is left unknown, so that no
 * child's kernel is judged by a claim.
 */
export function describeAhead(
  announced: Announcement,
  parent: HeaderRecord,
  params: ConsensusParams,
): HeaderRecord {
  const { header, hash } = announced;
  const at = height(parent.height + 1);
  const kind = kindOf(announced, at, params);
  const point = { bits: header.bits, time: header.time };
  const { times, last, deployments } = parent.context;
  return {
    hash: toHashHex(hash),
    height: at,
    header: copyHeader(header),
    work: parent.work + blockWork(header.bits),
    proofKind: kind,
    stakeModifier: zeroHash(),
    hashProof: zeroHash(),
    context: {
      times: [...times, header.time].slice(-TIMES_MAX),
      last: { ...last, [kind]: [point, ...last[kind]].slice(0, 2) },
      deployments,
    },
    skip: parent.skip,
  };
}

/** Above the last height of work nothing else is legal, whatever was shown. */
function kindOf(
  { proof }: Announcement,
  at: number,
  { stake }: Pick<ConsensusParams, "stake">,
): ProofKind {
  if (stake === undefined) return "work";
  if (at > stake.lastWorkHeight) return "stake";
  return proof?.coinstake !== undefined && isCoinstake(proof.coinstake) ? "stake" : "work";
}

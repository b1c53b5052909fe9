import type { ProvenHeader } from "#shared/codec/proven-header.ts";
import {
  type Announcement,
  announcementOf,
  announcementOfBlock,
  type HeaderProof,
} from "#shared/consensus/announcement.ts";
import type { HeaderEnv } from "#shared/consensus/judge-env.ts";
import { judgeProof } from "#shared/consensus/judge-proof.ts";
import { lastCheckpointHeight } from "#shared/consensus/last-checkpoint.ts";
import type { StakeParams } from "#shared/consensus/params.ts";
import { checkCheckpoint } from "#shared/consensus/rules/check-checkpoint.ts";
import { checkDifficulty } from "#shared/consensus/rules/check-difficulty.ts";
import { checkFutureDrift } from "#shared/consensus/rules/check-future-drift.ts";
import { checkHeaderDifficulty } from "#shared/consensus/rules/check-header-difficulty.ts";
import { checkHeaderTime } from "#shared/consensus/rules/check-header-time.ts";
import { checkHeaderVersion } from "#shared/consensus/rules/check-header-version.ts";
import { checkLaterThanParent } from "#shared/consensus/rules/check-later-than-parent.ts";
import { checkProvenSizes } from "#shared/consensus/rules/check-proven-sizes.ts";
import { checkWorkTarget } from "#shared/consensus/rules/check-work-target.ts";
import { atStage, type Verdict, type Violation } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";
import { height } from "#shared/primitives/brand.ts";

/** Only genesis is older. */
const VERSION_MIN = 7;

/** The last version that Bitcoin's buried deployments asked for. */
const BITCOIN_VERSION_MIN = 4;

/**
 * The verdict on an announced header. The order of the rules is consensus too: the first that fails
 * names the code.
 *
 * @returns effect `bytes` where the fault may be the announcer's, `unknown` where the staked coin is
 *   not in the view: a peer's header waits, a block goes on to its next stages
 * @source exos-l1.md 3.3, 3.5, 3.6
 */
export function judgeHeader(proven: ProvenHeader, env: HeaderEnv): Verdict {
  return judgeAnnouncement(announcementOf(proven), env);
}

/**
 * The verdict on a block's header, as if it had been announced with the proven header built from
 * it: codes and stages are the same for a file, a submitted block and a peer.
 */
export function judgeBlockHeader(block: Block, env: HeaderEnv): Verdict {
  return judgeAnnouncement(announcementOfBlock(block), env);
}

/**
 * The verdict on an announcement of any kind. One without a proof is judged by what its header says
 * alone: below a checkpoint, and where headers prove themselves.
 */
export function judgeAnnouncement(announced: Announcement, env: HeaderEnv): Verdict {
  const { stake } = env.params;
  const found = stake === undefined ? checkWork(announced, env) : checkStake(announced, env, stake);
  const at = height(env.parent.height + 1);
  return atStage("header", found ?? checkCheckpoint(announced.hash, at, env.params));
}

/** A network that work alone proves. @source ContextualCheckBlockHeader, bitcoin/bitcoin validation.cpp */
function checkWork({ header }: Announcement, env: HeaderEnv): Violation | undefined {
  return (
    checkWorkTarget(header, env.params) ??
    checkDifficulty(header, "work", env.parent, env.params) ??
    checkHeaderTime(header, env) ??
    checkHeaderVersion(header, BITCOIN_VERSION_MIN)
  );
}

function checkStake(
  announced: Announcement,
  env: HeaderEnv,
  stake: StakeParams,
): Violation | undefined {
  const { header, hash, proof } = announced;
  const { parent, params, now } = env;
  const { driftSwitch } = params;
  return (
    checkHeaderTime(header, env) ??
    checkLaterThanParent(header, parent) ??
    (driftSwitch === undefined ? undefined : checkFutureDrift(header, now, driftSwitch)) ??
    checkHeaderDifficulty(header, parent, params, stake) ??
    checkHeaderVersion(header, VERSION_MIN) ??
    (proof === undefined || parent.height + 1 <= lastCheckpointHeight(env)
      ? undefined
      : blame(
          checkProvenSizes(proof.sizes) ?? judgeProof({ header, hash, proof }, env, stake),
          proof,
        ))
  );
}

/** A fault in what the header does not commit to is the announcer's, whoever made the block. */
function blame(found: Violation | undefined, proof: HeaderProof): Violation | undefined {
  return found?.effect === "invalid" && !proof.isCommitted()
    ? { ...found, effect: "bytes" }
    : found;
}

import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { judgeBlockHeader } from "#shared/consensus/judge-header.ts";
import { judgeIntegrity } from "#shared/consensus/judge-integrity.ts";
import { judgePartial } from "#shared/consensus/judge-partial.ts";
import type { Verdict } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";
import { height } from "#shared/primitives/brand.ts";
import type { CoinsReader } from "#shared/primitives/coin.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { ValidateDeps } from "./deps.ts";

/** What surrounds a block when it arrives. */
export interface Surroundings {
  readonly parent: HeaderRecord;
  /** The kernel's, as the parent leaves it, or as near to it as the store can tell. */
  readonly coins: CoinsReader;
  /**
   * Whether a kernel that `coins` lacks is refused, because no later block could still bring it.
   * Else it is judged on: who handed the block in vouches for the room it takes.
   */
  readonly strict?: boolean;
}

/**
 * Every rule but the full ones, as if the block had been announced with the proven header built
 * from it: header, integrity, partial. What the header stage cannot judge yet is judged on, since
 * the full stage asks again.
 *
 * @source exos-l1.md 3.3, 3.5, 4.1, 4.4, appendix B
 */
export function judgeArrival(
  block: Block,
  { parent, coins, strict }: Surroundings,
  { network, clock, policy }: Pick<ValidateDeps, "network" | "clock" | "policy">,
): Verdict {
  const params = network.consensus;
  const place = { hash: toHashHex(block.hash), height: height(parent.height + 1) };
  const { checkpoints } = policy;
  const env = { parent, params, coins, now: clock.now(), checkpoints };
  const announced = judgeBlockHeader(block, env);
  if (announced !== undefined && (strict === true || announced.effect !== "unknown")) {
    return announced;
  }
  const broken = judgeIntegrity(block, params);
  if (broken !== undefined) return broken;
  return judgePartial(block, { parent, params, assumed: policy.assumes(place) });
}

import type { JudgeEnv } from "#shared/consensus/judge-env.ts";
import { type Height, height } from "#shared/primitives/brand.ts";

/**
 * The height up to which headers are taken without their proofs.
 *
 * @returns 0 where checkpoints only assert, as with the reference's `-checkpoints=0`
 * @source Checkpoints.cs GetLastCheckpointHeight (EXOSFullNode e61c2e61); exos-l1.md 1.5, 3.6
 */
export function lastCheckpointHeight({
  params,
  checkpoints,
}: Pick<JudgeEnv, "params" | "checkpoints">): Height {
  const last = checkpoints === "skip" ? params.checkpoints.at(-1) : undefined;
  return last?.height ?? height(0);
}

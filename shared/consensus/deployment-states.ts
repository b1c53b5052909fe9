import type { ChainContext, DeploymentStatus } from "#shared/consensus/header-record.ts";
import { medianTime } from "#shared/consensus/median-time.ts";
import type { ConsensusParams, Deployment } from "#shared/consensus/params.ts";
import type { Height } from "#shared/primitives/brand.ts";

/** The top three bits of a version that votes, and where they must stand. */
const TOP_MASK = 0xe000_0000;
const TOP_BITS = 0x2000_0000;

/** One step of the machine, at the end of a window. */
interface Window {
  readonly medianTime: number;
  readonly signals: number;
  readonly threshold: number;
}

/** A header as the votes see it. */
export interface Vote {
  readonly height: Height;
  readonly version: number;
  /** Ends with this header. */
  readonly times: ChainContext["times"];
  /** As the parent's context has them. */
  readonly before: readonly DeploymentStatus[];
}

/** Before any vote: what genesis says of its child. */
export function initialDeployments(
  deployments: ConsensusParams["deployments"],
): readonly DeploymentStatus[] {
  return deployments.map(({ start }) => ({
    state: start === "always" ? "active" : "defined",
    signals: 0,
  }));
}

/**
 * The state of each deployment for the child of a header. It changes only where a window ends.
 *
 * @source ThresholdConditionCache.cs GetState (EXOSFullNode e61c2e61); BIP9; exos-l1.md 3.8
 */
export function nextDeployments(
  vote: Vote,
  { deployments, deploymentWindow }: Pick<ConsensusParams, "deployments" | "deploymentWindow">,
): readonly DeploymentStatus[] {
  const { blocks, threshold } = deploymentWindow;
  const windowStarts = vote.height % blocks === 0;
  const windowEnds = (vote.height + 1) % blocks === 0;
  return vote.before.map((status, index) => {
    const deployment = deployments[index];
    if (deployment === undefined || vote.height < deployment.heightMin) return status;
    const carried = windowStarts ? 0 : status.signals;
    const signals = carried + (isSignalling(vote.version, deployment.bit) ? 1 : 0);
    if (!windowEnds) return { state: status.state, signals };
    const window = { medianTime: medianTime(vote), signals, threshold };
    return { state: step(status.state, deployment, window), signals };
  });
}

/** Whether a header of this version votes for the deployment on this bit. */
export function isSignalling(version: number, bit: number): boolean {
  return (version & TOP_MASK) === TOP_BITS && (version & (1 << bit)) !== 0;
}

function step(
  state: DeploymentStatus["state"],
  { start, timeout }: Deployment,
  window: Window,
): DeploymentStatus["state"] {
  if (start === "always") return "active";
  switch (state) {
    case "defined":
      if (window.medianTime >= timeout) return "failed";
      return window.medianTime >= start ? "started" : "defined";
    case "started":
      if (window.medianTime >= timeout) return "failed";
      return window.signals >= window.threshold ? "lockedIn" : "started";
    case "lockedIn":
    case "active":
      return "active";
    case "failed":
      return "failed";
  }
}

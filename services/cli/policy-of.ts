import type { NodeOptions } from "#services/cli/embedded/open-node.ts";
import type { Config } from "#services/cli/read-config.ts";

type Policy = NonNullable<NodeOptions["policy"]>;

/** The network on which everything below the last checkpoint was judged by everybody long ago. */
const MAIN = "exos";

/** How checkpoints are taken by a node that downloads, unless the operator says otherwise. */
export function withDownloadDefaults(config: Config): Config {
  const said = config.text("checkpoints") ?? (config.network.name === MAIN ? "skip" : undefined);
  return { ...config, text: (name) => (name === "checkpoints" ? said : config.text(name)) };
}

/**
 * What the operator lets the judge skip. Unless he says so, every block is judged by every rule, and
 * a checkpoint only fails a wrong hash at its height.
 *
 * @source exos-l1.md 3.6
 */
export function policyOf(config: Pick<Config, "network" | "text">): Policy {
  const skip = config.text("checkpoints") === "skip";
  const last = config.network.consensus.checkpoints.at(-1)?.height ?? -1;
  return {
    checkpoints: skip ? "skip" : "assert",
    assumes: ({ height }) => skip && height <= last,
  };
}

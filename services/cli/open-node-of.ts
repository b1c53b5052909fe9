import type { CommandContext } from "#services/cli/command.ts";
import { createNodeLog } from "#services/cli/embedded/node-tasks.ts";
import { type EmbeddedNode, type NodeOptions, openNode } from "#services/cli/embedded/open-node.ts";
import { createLogFile, logFileOf, teeLog } from "#services/cli/log-file.ts";
import { policyOf } from "#services/cli/policy-of.ts";
import { poolPolicyOf } from "#services/cli/pool-policy-of.ts";
import { PROGRAM_VERSION } from "#services/cli/program-version.ts";
import { traceSettingsOf } from "#services/cli/trace-settings-of.ts";

/** Memory for coins where the configuration says nothing. */
const MEBIBYTES_DEFAULT = 256;
const LEVELS = ["debug", "info", "warn", "error"] as const;

/** The city that log lines and spans name where nobody names another. */
const cityOf = ({ config }: Pick<CommandContext, "config">) => config.text("city") ?? "local";

/** What flags, environment and file say about the stores. @param city that log lines and spans name */
export function nodeOptionsOf(context: CommandContext, city = cityOf(context)): NodeOptions {
  const { config, terminal } = context;
  const jobs = config.integer("jobs");
  const format = config.text("logformat") ?? "auto";
  const level = LEVELS.find((name) => name === config.text("loglevel"));
  return {
    network: config.network,
    root: config.datadir,
    log: createNodeLog({
      write: (line) => terminal.log(line),
      level: level ?? "info",
      constant: { service: "node", city },
      form: format === "json" || (format === "auto" && !terminal.interactive) ? "json" : "human",
    }),
    cacheMebibytes: config.integer("dbcache") ?? MEBIBYTES_DEFAULT,
    policy: policyOf(config),
    poolPolicy: poolPolicyOf(config),
    traces: traceSettingsOf(config, city),
    ...(jobs === undefined ? {} : { jobs }),
  };
}

/**
 * Open the node that flags, environment and file describe, as one that runs on: what it logs is
 * also kept in a file, as JSON lines.
 *
 * @param city as `nodeOptionsOf`
 * @throws StoreFault with its code
 */
export async function openRunningNodeOf(
  context: CommandContext,
  city = cityOf(context),
): Promise<EmbeddedNode> {
  const { config } = context;
  const options = nodeOptionsOf(context, city);
  const kept = createNodeLog({
    write: createLogFile(logFileOf(config)),
    level: LEVELS.find((name) => name === config.text("loglevel")) ?? "info",
    constant: { service: "node", city },
    form: "json",
  });
  const node = await openNode({ ...options, log: teeLog(options.log, kept) });
  const { height } = await node.tip();
  kept.info("the node has opened its stores", { version: PROGRAM_VERSION, height });
  return node;
}

/** Open the node that flags, environment and file describe. @throws StoreFault with its code */
export function openNodeOf(context: CommandContext): Promise<EmbeddedNode> {
  return openNode(nodeOptionsOf(context));
}

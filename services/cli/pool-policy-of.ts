import type { ConfigName } from "#services/cli/config/config-keys.ts";
import type { NodeOptions } from "#services/cli/embedded/open-node.ts";
import type { Config } from "#services/cli/read-config.ts";

type PoolPolicy = NonNullable<NodeOptions["poolPolicy"]>;

/** What the operator changes of the pool's policy on this network. @source exos-l1.md 6.2 */
export function poolPolicyOf(config: Pick<Config, "integer" | "flag" | "entries">): PoolPolicy {
  const times = (name: ConfigName, unit: number): number => (config.integer(name) ?? 0) * unit;
  const relay = config.integer("minrelaytxfee");
  return {
    usageMax: times("maxmempool", 1_000_000),
    expirySeconds: times("mempoolexpiry", 3_600),
    ancestorCountMax: times("limitancestorcount", 1),
    ancestorSizeMax: times("limitancestorsize", 1_000),
    descendantCountMax: times("limitdescendantcount", 1),
    descendantSizeMax: times("limitdescendantsize", 1_000),
    replacement: config.flag("mempoolreplacement"),
    orphansMax: times("maxorphantx", 1),
    ...(relay === undefined ? {} : { relayFeeRate: BigInt(relay) }),
    ...(config.entries.acceptnonstdtxn === undefined
      ? {}
      : { requireStandard: !config.flag("acceptnonstdtxn") }),
  };
}

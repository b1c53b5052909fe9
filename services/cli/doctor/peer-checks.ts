import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { broken, type Check, type CheckResult, ok, warning } from "#services/cli/doctor/check.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { readFromNode, readResult } from "#services/cli/node-client.ts";
import type { Config } from "#services/cli/read-config.ts";

const Network = z.looseObject({
  connections: z.number(),
  connections_in: z.number(),
  connections_out: z.number(),
  clockskew: z.number().nullable(),
  listening: z.array(z.string()),
  warnings: z.array(z.string()),
});
const Node = z.object({
  uptimeSeconds: z.number(),
  tip: z.object({ height: z.number(), ageSeconds: z.number() }),
  sync: z.object({ headers: z.number(), blocks: z.number() }),
});
type RunningNetwork = z.output<typeof Network>;
type RunningNode = z.output<typeof Node>;

/** Peers have had time enough by then, in seconds. */
const PATIENCE_SECONDS = 120;
const INBOUND_PATIENCE_SECONDS = 86_400;
/** A coinstake may be 15 s ahead; a minute costs blocks. */
const SKEW_SECONDS = 15;
const SKEW_SECONDS_MAX = 1_500;
/** @source exos-l1.md 7.3: maxtipage */
const TIP_AGE_SECONDS = 7_200;
const LAG_BLOCKS = 2;

const FIX_SOURCE = "name a node with --addnode or --connect, or ask with --dnsseed";

/** What the running node says of itself, judged. */
type Look = (network: RunningNetwork, node: RunningNode, config: Config) => CheckResult;

/** A look at the running node; where none runs there is nothing to find. */
function running(look: Look): Check["run"] {
  return async (config, signal) => {
    try {
      const network = await readResult({ config, signal }, "getnetworkinfo", Network);
      return look(network, await readFromNode({ config, signal }, "/v1/node", Node), config);
    } catch (cause) {
      if (!(cause instanceof CommandFailure) || cause.exit !== EXIT.unreachable) throw cause;
      return ok("no node runs");
    }
  };
}

const isDevelopment = ({ network }: Config) => network.kind === "regtest";

async function source(config: Config): Promise<CheckResult> {
  const named = [...config.list("connect"), ...config.list("addnode")].length;
  const known = existsSync(join(config.datadir, config.network.name, "peers.json"));
  if (named > 0) return ok(`${named} nodes are named`);
  if (config.flag("dnsseed")) return ok("the network's seeds are asked");
  if (isDevelopment(config)) return ok("a development network needs no other node");
  return known ? ok("peers.json keeps known nodes") : warning("no source of peers", FIX_SOURCE);
}

async function conflicts(config: Config): Promise<CheckResult> {
  const only = config.list("connect").length > 0;
  const idle = [
    only && config.list("addnode").length > 0 ? "addnode" : "",
    only && config.flag("dnsseed") ? "dnsseed" : "",
    !config.flag("listen") && config.list("bind").length > 0 ? "bind" : "",
    !config.flag("listen") && config.list("externalip").length > 0 ? "externalip" : "",
  ].filter(Boolean);
  return idle.length === 0
    ? ok("no key about peers undoes another")
    : warning(`without effect: ${idle.join(", ")}`, "leave it out, or drop connect or listen=0");
}

function clock({ clockskew }: RunningNetwork): CheckResult {
  if (clockskew === null) return ok("no peers to compare the clock with");
  const evidence = `the peers' clocks are ${clockskew} s ahead of this machine's`;
  if (Math.abs(clockskew) > SKEW_SECONDS_MAX) return broken(evidence, "set this machine's clock");
  return Math.abs(clockskew) > SKEW_SECONDS
    ? warning(evidence, "keep this machine's clock by NTP")
    : ok(evidence);
}

function peers(network: RunningNetwork, node: RunningNode, config: Config): CheckResult {
  const { connections, warnings } = network;
  if (connections > 0) return ok(`${connections} peers`);
  if (isDevelopment(config)) return ok("no peers; a development network needs none");
  const evidence = `no peers after ${node.uptimeSeconds} s`;
  if (warnings.length > 0) return broken(`${evidence}: no source of them`, FIX_SOURCE);
  return node.uptimeSeconds < PATIENCE_SECONDS
    ? ok(`${evidence}; they are being dialled`)
    : broken(evidence, `${FIX_SOURCE}; check the firewall`);
}

function inbound(network: RunningNetwork, node: RunningNode, config: Config): CheckResult {
  const { connections_in: count, listening } = network;
  if (listening.length === 0) return ok("listen=0: nobody can connect, as configured");
  if (count > 0) return ok(`${count} of them connected to this node`);
  const where = listening.join(", ");
  return node.uptimeSeconds < INBOUND_PATIENCE_SECONDS || isDevelopment(config)
    ? ok(`nobody has connected to ${where} yet`)
    : warning(`nobody has connected to ${where} for a day`, "open the port, set externalip");
}

function tip(_: RunningNetwork, { tip: at }: RunningNode, config: Config): CheckResult {
  const evidence = `tip ${at.height} is ${at.ageSeconds} s old`;
  return at.ageSeconds <= TIP_AGE_SECONDS || isDevelopment(config)
    ? ok(evidence)
    : warning(evidence, "wait for the download, or look for peers with newer blocks");
}

function lag(_: RunningNetwork, { sync }: RunningNode): CheckResult {
  const behind = sync.headers - sync.blocks;
  const evidence = `${behind} blocks behind the best header`;
  return behind <= LAG_BLOCKS
    ? ok(evidence)
    : warning(evidence, "wait; `exos peers` shows whom for");
}

/** What is asked of a running node, by the id of its check. */
export const PEER_LOOKS: Readonly<Record<string, Look>> = {
  "host-clock": clock,
  "chain-peers": peers,
  "chain-inbound": inbound,
  "chain-tip-age": tip,
  "chain-lag": lag,
};

/** What other nodes have to do with this one. @source interfaces.md 7.5 */
export const PEER_CHECKS: readonly Check[] = [
  { id: "config-peer-source", run: source },
  { id: "config-conflicts", run: conflicts },
  ...Object.entries(PEER_LOOKS).map(([id, look]) => ({ id, run: running(look) })),
];

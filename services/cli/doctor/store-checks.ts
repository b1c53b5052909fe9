import { existsSync } from "node:fs";
import { join } from "node:path";
import { broken, type Check, type CheckResult, ok, warning } from "#services/cli/doctor/check.ts";
import { verifyBodies, verifyCoins } from "#services/cli/doctor/verify-chain.ts";
import { createNodeLog, withIndex } from "#services/cli/embedded/node-tasks.ts";
import { type EmbeddedNode, openNode } from "#services/cli/embedded/open-node.ts";
import { describeFailure } from "#services/cli/failure.ts";
import type { Config } from "#services/cli/read-config.ts";
import { openDataFolder } from "#shared/adapters/embedded/data-folder.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** Blocks below the tip whose bodies are read. */
const BODIES = 100;
/** Highest chain whose coins are counted one by one: a few seconds. */
const COUNT_HEIGHT_MAX = 100_000;

const folderOf = ({ datadir, network }: Config): string => join(datadir, network.name);

/** Lock, format version and network of the data folder. */
async function folder(config: Config): Promise<CheckResult> {
  const path = folderOf(config);
  if (!existsSync(path)) return ok(`${path} does not exist yet; a start makes it`);
  try {
    const genesis = toHashHex(config.network.consensus.genesis.hash);
    await using held = await openDataFolder({
      root: config.datadir,
      network: config.network.name,
      genesis,
    });
    return ok(`${held.path} is free, of this format and network`);
  } catch (cause) {
    const { code, message, hint = "" } = describeFailure(cause);
    if (code === "EXOS-E1001") return warning(message, "nothing, if that is your running node");
    return broken(`${code} ${message}`, hint);
  }
}

/** A check of what the stores hold, where there are stores that nobody else holds. */
function within(look: (node: EmbeddedNode, config: Config) => Promise<CheckResult>): Check["run"] {
  return async (config) => {
    if (!existsSync(join(folderOf(config), "coins"))) return ok("no chain is stored yet");
    try {
      const log = createNodeLog({ write: () => undefined, form: "json", level: "error" });
      const { network, datadir: root } = config;
      await using node = await openNode({ network, root, log, jobs: 0 });
      return await look(node, config);
    } catch (cause) {
      const { code, message, hint = "" } = describeFailure(cause);
      if (code === "EXOS-E1001") return ok("a running node holds the stores; ask exos status");
      return broken(`${code} ${message}`, hint);
    }
  };
}

async function tip(node: EmbeddedNode): Promise<CheckResult> {
  const { height, hash } = await node.tip();
  return ok(`the stores open; tip ${height} ${hash}`);
}

async function bodies(node: EmbeddedNode): Promise<CheckResult> {
  const { height } = await node.tip();
  const from = Math.max(1, height - BODIES + 1);
  const fault = await verifyBodies(node, from);
  return fault === undefined
    ? ok(`blocks ${from} to ${height} are stored and intact`)
    : broken(fault, "exos repair --from blocks");
}

/** Another chain than the network's own, whatever has brought it here. */
export async function judgeCheckpoints({
  coins,
  network,
}: Pick<EmbeddedNode, "network"> & {
  readonly coins: Pick<CoinStore, "tip" | "frozen">;
}): Promise<CheckResult> {
  const at = await coins.tip();
  if (at === undefined) return ok("no chain yet");
  const passed = network.consensus.checkpoints.filter(({ height }) => height <= at.height);
  for (const { height, hash } of passed) {
    const stored = await activeHashAt(height, at, coins);
    if (stored === undefined || stored === toHashHex(hash)) continue;
    const evidence = `block ${height} is ${stored}, the network's is ${toHashHex(hash)}`;
    return broken(evidence, "this is another chain: begin anew in another --datadir");
  }
  return ok(`${passed.length} checkpoints match`);
}

async function index(node: EmbeddedNode): Promise<CheckResult> {
  const { height } = await node.tip();
  const at = (await withIndex(node, (opened) => opened.cursor()))?.height ?? -1;
  return at === height
    ? ok(`the index stands at the tip`)
    : warning(`the index stands at ${at}, the tip at ${height}`, "exos start catches it up");
}

async function totals(node: EmbeddedNode): Promise<CheckResult> {
  const at = await node.coins.tip();
  if (at === undefined) return ok("no coins yet");
  const recorded = await node.coins.totals(at);
  const said = `${recorded.coins} coins, supply ${recorded.supply}`;
  if (at.height > COUNT_HEIGHT_MAX) return ok(`${said} (not counted: the chain is long)`);
  const fault = await verifyCoins(node);
  return fault === undefined
    ? ok(`${said}, as counted`)
    : broken(fault, "exos repair --from blocks");
}

/** What lies on disk for this network. @source interfaces.md 7.5 */
export const STORE_CHECKS: readonly Check[] = [
  { id: "store-folder", run: folder },
  { id: "store-tip", run: within(tip) },
  { id: "store-bodies", run: within(bodies) },
  { id: "chain-checkpoints", run: within(judgeCheckpoints) },
  { id: "store-index", run: within(index) },
  { id: "store-totals", run: within(totals) },
];

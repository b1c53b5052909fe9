import * as z from "zod";
import { type Check, type CheckResult, ok, warning } from "#services/cli/doctor/check.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { type NodeCaller, readFromNode, readResult } from "#services/cli/node-client.ts";

const Node = z.object({
  indexHeight: z.number().nullable(),
  tip: z.object({ height: z.number() }),
});
const Pool = z.looseObject({ usage: z.number(), maxmempool: z.number() });
const Fleet = z.object({ split: z.boolean(), cities: z.array(z.object({ city: z.string() })) });
const Staking = z.looseObject({
  enabled: z.boolean(),
  reason: z.object({ code: z.string(), text: z.string(), fix: z.string() }),
});

/** What a running node says of itself. Without proof of stake or wallets it says nothing of staking. */
export interface RunningNode {
  readonly node: z.output<typeof Node>;
  readonly pool: Pick<z.output<typeof Pool>, "usage" | "maxmempool">;
  readonly fleet: z.output<typeof Fleet>;
  readonly staking: Pick<z.output<typeof Staking>, "enabled" | "reason"> | undefined;
}

type Look = (running: RunningNode) => CheckResult;

const LAG_BLOCKS = 1;
/** From here on the cheapest transactions are about to be thrown out. */
const POOL_SHARE_MAX = 0.95;
/** What every staker goes through when all is well. */
const WELL: readonly string[] = ["searching", "confirming", "maturing"];

function index({ node: { indexHeight, tip } }: RunningNode): CheckResult {
  const behind = tip.height - (indexHeight ?? -1);
  return behind <= LAG_BLOCKS
    ? ok("the index of the running node is at its tip")
    : warning(`the index is ${behind} blocks behind`, "wait; repair --from index if it stays");
}

function mempool({ pool: { usage, maxmempool } }: RunningNode): CheckResult {
  const evidence = `the pool takes ${usage} of ${maxmempool} bytes`;
  return usage < POOL_SHARE_MAX * maxmempool
    ? ok(evidence)
    : warning(evidence, "raise maxmempool or minrelaytxfee");
}

function split({ fleet: { cities, split: isSplit } }: RunningNode): CheckResult {
  if (cities.length === 0) return ok("no cities to compare with");
  return isSplit
    ? warning(`${cities.length} cities stand on more than one chain`, "exos fleet status")
    : ok(`${cities.length} cities agree`);
}

function locked({ staking }: RunningNode): CheckResult {
  if (staking?.enabled !== true) return ok("no keys are wanted for staking");
  const { code, text, fix } = staking.reason;
  return code === "locked" ? warning(text, fix) : ok("keys for staking are open");
}

function staking({ staking: status }: RunningNode): CheckResult {
  if (status?.enabled !== true) return ok("staking is off");
  const { code, text, fix } = status.reason;
  return WELL.includes(code) ? ok(`${code}: ${text}`) : warning(`${code}: ${text}`, fix);
}

/** What is asked of a running node, by the id of its check. */
export const NODE_LOOKS: Readonly<Record<string, Look>> = {
  "chain-index": index,
  "chain-mempool": mempool,
  "chain-split": split,
  "wallet-locked": locked,
  "wallet-staking": staking,
};

/** A node without staking knows no such method. */
async function stakingOf(caller: NodeCaller): Promise<RunningNode["staking"]> {
  try {
    return await readResult(caller, "getstakinginfo", Staking);
  } catch (cause) {
    if (cause instanceof CommandFailure && cause.exit !== EXIT.unreachable) return undefined;
    throw cause;
  }
}

async function ask(caller: NodeCaller): Promise<RunningNode> {
  const [node, pool, fleet, status] = await Promise.all([
    readFromNode(caller, "/v1/node", Node),
    readResult(caller, "getmempoolinfo", Pool),
    readFromNode(caller, "/v1/fleet", Fleet),
    stakingOf(caller),
  ]);
  return { node, pool, fleet, staking: status };
}

/** How the running node stands; where none runs there is nothing to find. @source interfaces.md 7.5 */
export const NODE_CHECKS: readonly Check[] = Object.entries(NODE_LOOKS).map(([id, look]) => ({
  id,
  async run(config, signal) {
    try {
      return look(await ask({ config, signal }));
    } catch (cause) {
      if (!(cause instanceof CommandFailure) || cause.exit !== EXIT.unreachable) throw cause;
      return ok("no node runs");
    }
  },
}));

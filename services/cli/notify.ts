import type { CommandContext } from "#services/cli/command.ts";
import { age, grouped } from "#services/cli/long-work.ts";
import type { RunningNode } from "#services/cli/run-node.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";

/** How often a running node says where it stands, in milliseconds. @source interfaces.md 7.4 */
const NOTIFY_MS = 32_000;

/** What the node is at, in the words of the line. */
function stateOf({ node, peered }: Pick<RunningNode, "node" | "peered">) {
  const { phase, peers } = peered.ingest.progress();
  // On a development network nobody is missed.
  if (phase === "peers")
    return { peers, state: node.network.kind === "regtest" ? "Synced" : "Searching peers" };
  return { peers, state: phase === "tip" ? "Synced" : "Syncing" };
}

async function notifyOnce(
  running: RunningNode,
  people: boolean,
  { terminal }: CommandContext,
): Promise<void> {
  const { node, served } = running;
  const tip = await node.tip();
  const indexHeight = (await served.index.cursor())?.height ?? -1;
  const ageSeconds = node.clock.now() - tip.header.time;
  const mempool = (await node.mempool.ids()).length;
  const { state, peers } = stateOf(running);
  const status = await served.staking?.status();
  const staking = status?.enabled === true ? status.reason.code : undefined;
  if (!people) {
    const fields = { state, height: tip.height, ageSeconds, peers, mempool, indexHeight, staking };
    node.log.info("where the node stands", fields);
    return;
  }
  const parts = [`${state} · ${grouped(tip.height)}`, `age ${age(ageSeconds)}`, `${peers} peers`];
  parts.push(`mempool ${grouped(mempool)}`);
  if (staking !== undefined) {
    const mean = status?.searching === true ? `, mean ${age(status.expectedSeconds ?? 0)}` : "";
    parts.push(`staking: ${staking}${mean}`);
  }
  if (indexHeight !== tip.height) parts.push(`index ${grouped(indexHeight)}`);
  terminal.err(parts.join(" · "));
}

/** One line every 32 seconds, until the signal is aborted. */
export async function notify(
  running: RunningNode,
  context: CommandContext,
  signal: AbortSignal,
): Promise<void> {
  const people = context.terminal.interactive;
  while (!signal.aborted) {
    await sleepOrStop(running.node.clock, NOTIFY_MS, signal);
    if (signal.aborted) return;
    await notifyOnce(running, people, context);
  }
}

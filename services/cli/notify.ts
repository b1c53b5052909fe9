import type { CommandContext } from "#services/cli/command.ts";
import { age, grouped } from "#services/cli/long-work.ts";
import type { RunningNode } from "#services/cli/run-node.ts";

/** How often a running node says where it stands, in milliseconds. @source interfaces.md 7.4 */
const NOTIFY_MS = 32_000;

async function notifyOnce(
  { node, served }: RunningNode,
  people: boolean,
  { terminal }: CommandContext,
) {
  const tip = await node.tip();
  const indexHeight = (await served.index.cursor())?.height ?? -1;
  const ageSeconds = node.clock.now() - tip.header.time;
  if (!people) {
    node.log.info("synced", { height: tip.height, ageSeconds, indexHeight });
    return;
  }
  const parts = [`Synced · ${grouped(tip.height)}`, `age ${age(ageSeconds)}`];
  parts.push(indexHeight === tip.height ? "index at the tip" : `index ${grouped(indexHeight)}`);
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
    try {
      await running.node.clock.sleep(NOTIFY_MS, signal);
    } catch (cause) {
      // The signal ended the sleep, which is how this loop ends.
      if (!signal.aborted) throw cause;
      return;
    }
    await notifyOnce(running, people, context);
  }
}

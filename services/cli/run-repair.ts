import type { CommandContext } from "#services/cli/command.ts";
import { commandText, flagsOf } from "#services/cli/command-text.ts";
import {
  forgetIndex,
  isBeingRebuilt,
  markDiagnosis,
  type Rebuilt,
  rebuildFromBlocks,
} from "#services/cli/compose-repair.ts";
import { verifyBodies, verifyCoins } from "#services/cli/doctor/verify-chain.ts";
import { withIndex } from "#services/cli/embedded/node-tasks.ts";
import { type EmbeddedNode, openNode } from "#services/cli/embedded/open-node.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { describeFailure } from "#services/cli/failure.ts";
import { createLongWork, grouped } from "#services/cli/long-work.ts";
import { nodeOptionsOf } from "#services/cli/open-node-of.ts";

/** Faults of a store that building it again mends. */
const DAMAGED = ["EXOS-E1004", "EXOS-E1006", "EXOS-E1010", "EXOS-E1011"];

type Part = "index" | "blocks";

/** The message of a damaged store; anything else goes on its way. */
function damage(cause: unknown): string {
  const { code, message } = describeFailure(cause);
  if (DAMAGED.includes(code)) return message;
  throw cause;
}

async function verifyNode(
  node: EmbeddedNode,
  context: CommandContext,
): Promise<string | undefined> {
  const { terminal, signal } = context;
  const { height } = await node.tip();
  const elapsedMs = () => node.clock.elapsedMs();
  const work = createLongWork({ terminal, phase: "verify", elapsedMs });
  return verifyBodies(node, 1, {
    signal,
    onProgress: (at) => work.show((100 * at) / height, [`height ${grouped(at)}`]),
  });
}

interface Finding {
  readonly part: Part;
  readonly why: string;
}

/** Read everything. @throws StoreFault also when the stores cannot be closed in order */
async function lookAtAll(context: CommandContext): Promise<Finding | undefined> {
  await using node = await openNode(nodeOptionsOf(context));
  const fault = (await verifyNode(node, context)) ?? (await verifyCoins(node));
  if (fault !== undefined) return { part: "blocks", why: fault };
  try {
    await withIndex(node, async (index) => void (await index.cursor()));
    return undefined;
  } catch (cause) {
    return { part: "index", why: damage(cause) };
  }
}

/** Which part has to be built again, and why. `undefined`: none. */
async function diagnose(context: CommandContext): Promise<Finding | undefined> {
  const options = nodeOptionsOf(context);
  if (isBeingRebuilt(options)) return { part: "blocks", why: "an earlier repair was interrupted" };
  // LevelDB ends the whole process at some damage: the next repair does not look a second time.
  using mark = markDiagnosis(options);
  if (mark.found) return { part: "blocks", why: "an earlier repair ended while it looked" };
  try {
    return await lookAtAll(context);
  } catch (cause) {
    return { part: "blocks", why: damage(cause) };
  }
}

async function rebuildBlocks(context: CommandContext): Promise<Rebuilt> {
  const options = nodeOptionsOf(context);
  const { terminal, signal } = context;
  const elapsedMs = () => performance.now();
  const work = createLongWork({ terminal, phase: "blocks", elapsedMs });
  return rebuildFromBlocks(options, {
    signal,
    onProgress: ({ percent, blocksPerSecond, height }) =>
      work.show(percent, [`${grouped(blocksPerSecond)} blk/s`, `height ${grouped(height)}`]),
  });
}

async function rebuildIndex(context: CommandContext): Promise<number> {
  const { terminal, signal } = context;
  const options = nodeOptionsOf(context);
  await forgetIndex(options);
  await using node = await openNode(options);
  const work = createLongWork({ terminal, phase: "index", elapsedMs: () => performance.now() });
  return await withIndex(node, async (index, follow) => {
    await follow(signal, ({ at, target }) =>
      work.show((100 * at.height) / Math.max(1, target), [`height ${grouped(at.height)}`]),
    );
    return (await index.cursor())?.height ?? -1;
  });
}

/** Build again what is named, or what a look at everything finds broken. */
export async function runRepair(
  context: CommandContext,
  from: Part | undefined,
): Promise<ExitCode> {
  const { terminal, json, signal, config } = context;
  const found = from === undefined ? await diagnose(context) : { part: from, why: "as asked" };
  const done: string[] = [];
  if (found !== undefined && !signal.aborted) {
    terminal.err(`building again from ${found.part}: ${found.why}`);
    if (found.part === "blocks") {
      const { mended, blocks, damaged, tip } = await rebuildBlocks(context);
      if (mended) done.push("the store of blocks was opened again by its own repair");
      if (damaged > 0) done.push(`${damaged} damaged bodies were dropped`);
      done.push(`${grouped(blocks)} stored blocks judged again; tip ${tip.height} ${tip.hash}`);
      // LevelDB does not say which bodies its own repair lost.
      if (mended || damaged > 0) {
        done.push(`bodies above the tip may be gone: import from height ${tip.height + 1} again`);
      }
    }
    if (!signal.aborted) done.push(`index built again to height ${await rebuildIndex(context)}`);
  }
  if (signal.aborted) {
    const rest = from === undefined ? [] : ["--from", from];
    terminal.err("stopped; everything so far is saved. Go on with:");
    terminal.err(`  ${commandText(["repair", ...rest, ...flagsOf(config)])}`);
    return EXIT.interrupted;
  }
  if (json) {
    const row = { schema: "exos.repair.v1", part: found?.part ?? null, why: found?.why ?? null };
    terminal.out(JSON.stringify({ ...row, done }));
    return EXIT.done;
  }
  if (found === undefined) terminal.out("nothing to repair: every block is stored and intact");
  for (const line of done) terminal.out(line);
  return EXIT.done;
}

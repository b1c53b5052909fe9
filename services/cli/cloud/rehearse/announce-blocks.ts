import {
  ANSWER_MS_MAX,
  CATCH_UP_MS_MAX,
  depthOf,
  expectAnswered,
  type Rehearsal,
  rehearsalFailure,
  secondsOf,
} from "#services/cli/cloud/rehearse/rehearsal.ts";

/** Blocks before the first that is timed: functions start, and the city takes its first tip. */
const FIRST_BLOCKS = 40;
const BLOCKS = 5;
/** Blocks that the reorganisation leaves. */
const DEPTH = 3;

/** The city follows a chain that was there before it. */
export async function followFirst(rehearsal: Rehearsal): Promise<void> {
  const hashes = await rehearsal.node.mine(FIRST_BLOCKS);
  const last = hashes.at(-1) ?? "";
  const what = "the first blocks";
  const elapsedMs = await expectAnswered(rehearsal, last, { msMax: CATCH_UP_MS_MAX, what });
  rehearsal.print(`sync       ${FIRST_BLOCKS} blocks in ${secondsOf(elapsedMs)}`);
}

/**
 * A block that the node announces is answered by the deployed function in time.
 *
 * @returns milliseconds that it took
 * @throws CommandFailure `EXOS-E8186` when it took longer than it may
 */
export async function announceBlock(rehearsal: Rehearsal): Promise<number> {
  const [hash = ""] = await rehearsal.node.mine(1);
  const what = "a block that was announced";
  return expectAnswered(rehearsal, hash, { msMax: ANSWER_MS_MAX, what });
}

/** So is each of several. */
export async function announceBlocks(rehearsal: Rehearsal): Promise<void> {
  let slowestMs = 0;
  for (let index = 0; index < BLOCKS; index++) {
    slowestMs = Math.max(slowestMs, await announceBlock(rehearsal));
  }
  const bar = secondsOf(ANSWER_MS_MAX);
  rehearsal.print(
    `announce   ${BLOCKS} blocks, each answered in ${secondsOf(slowestMs)} (bar ${bar})`,
  );
}

/** The node leaves its last blocks for a longer branch, and the city goes with it. */
export async function reorganise(rehearsal: Rehearsal): Promise<void> {
  const { node } = rehearsal;
  const left = await node.mine(DEPTH);
  const what = "a reorganisation";
  await expectAnswered(rehearsal, left.at(-1) ?? "", { msMax: ANSWER_MS_MAX, what });
  await node.invalidate(left[0] ?? "");
  const taken = await node.mine(DEPTH + 1);
  const tip = taken.at(-1) ?? "";
  const elapsedMs = await expectAnswered(rehearsal, tip, { msMax: ANSWER_MS_MAX, what });
  for (const hash of left) {
    const depth = await depthOf(rehearsal, hash);
    if (depth !== -1)
      throw rehearsalFailure(`${what}: ${hash}, which was left, has depth ${depth}`);
  }
  const bar = secondsOf(ANSWER_MS_MAX);
  rehearsal.print(
    `reorganise ${DEPTH} blocks left, answered in ${secondsOf(elapsedMs)} (bar ${bar})`,
  );
}

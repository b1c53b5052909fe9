import {
  CATCH_UP_MS_MAX,
  expectAnswered,
  type Rehearsal,
  rehearsalFailure,
  secondsOf,
} from "#services/cli/cloud/rehearse/rehearsal.ts";

const BLOCKS = 3;
/** @source cloud.md 7.2 */
const STOP_MS_MAX = 20_000;

/** SIGTERM ends the peer process in time, and what is mined meanwhile is not lost. */
export async function restartIngest(rehearsal: Rehearsal): Promise<void> {
  const { city, node } = rehearsal;
  const before = await node.mine(BLOCKS);
  const stoppedMs = await city.stopIngest();
  if (stoppedMs === undefined || stoppedMs > STOP_MS_MAX) {
    throw rehearsalFailure(`the peer process did not end within ${secondsOf(STOP_MS_MAX)}`);
  }
  const after = await node.mine(BLOCKS);
  await city.startIngest();
  const what = "after the peer process was started again";
  const hash = after.at(-1) ?? before.at(-1) ?? "";
  const elapsedMs = await expectAnswered(rehearsal, hash, { msMax: CATCH_UP_MS_MAX, what });
  rehearsal.print(
    `restart    SIGTERM ended the peer process in ${secondsOf(stoppedMs)} (bar ${secondsOf(STOP_MS_MAX)}); nothing lost ${secondsOf(elapsedMs)} after its start`,
  );
}

import {
  ANSWER_MS_MAX,
  CATCH_UP_MS_MAX,
  expectAnswered,
  type Rehearsal,
  rehearsalFailure,
  secondsOf,
  untilAnswered,
} from "#services/cli/cloud/rehearse/rehearsal.ts";

/**
 * The control of the whole rehearsal: without its mapping nothing starts `connect`, so a block must
 * not be answered. Were it, then something else than the deployed functions moved the tip.
 */
export async function disableConnect(rehearsal: Rehearsal): Promise<void> {
  const { node, cloud, city } = rehearsal;
  const mapping = city.outputs["ConnectMapping"] ?? "";
  await cloud.setMapping(mapping, false);
  const [hash = ""] = await node.mine(1);
  const msMax = 2 * ANSWER_MS_MAX;
  const answeredMs = await untilAnswered(rehearsal, hash, msMax);
  if (answeredMs !== undefined) {
    throw rehearsalFailure(
      `with the mapping of connect disabled, ${hash} was answered all the same`,
    );
  }
  await cloud.setMapping(mapping, true);
  const what = "with the mapping of connect enabled again";
  const elapsedMs = await expectAnswered(rehearsal, hash, { msMax: CATCH_UP_MS_MAX, what });
  rehearsal.print(
    `control    without the mapping of connect nothing in ${secondsOf(msMax)}; with it after ${secondsOf(elapsedMs)}`,
  );
}

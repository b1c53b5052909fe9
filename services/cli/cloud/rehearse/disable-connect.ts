import { functionName } from "#regions/city-names.ts";
import { LOCAL_CITY } from "#services/cli/cloud/local-endpoint.ts";
import { childrenOf } from "#services/cli/cloud/process-group.ts";
import {
  ANSWER_MS_MAX,
  CATCH_UP_MS_MAX,
  expectAnswered,
  type Rehearsal,
  rehearsalFailure,
  secondsOf,
  untilAnswered,
} from "#services/cli/cloud/rehearse/rehearsal.ts";

/** Let `connect` run, or not: by its mapping, or where it is driven by its processes. */
async function letConnect({ city, cloud }: Rehearsal, runs: boolean): Promise<void> {
  const { driven, driver } = city.state();
  if (!driven || driver === undefined) {
    return cloud.setMapping(city.outputs["ConnectMapping"] ?? "", runs);
  }
  const own = (await childrenOf(driver.pid)).filter(({ command }) =>
    command.includes(`${functionName(LOCAL_CITY, "connect")}-`),
  );
  if (own.length === 0) throw rehearsalFailure("no process of connect runs");
  for (const { pid } of own) process.kill(pid, runs ? "SIGCONT" : "SIGSTOP");
}

/**
 * The control of the whole rehearsal: without its mapping nothing starts `connect`, so a block must
 * not be answered. Were it, then something else than the deployed functions moved the tip.
 */
export async function disableConnect(rehearsal: Rehearsal): Promise<void> {
  const { node } = rehearsal;
  await letConnect(rehearsal, false);
  const [hash = ""] = await node.mine(1);
  const msMax = 2 * ANSWER_MS_MAX;
  const answeredMs = await untilAnswered(rehearsal, hash, msMax);
  if (answeredMs !== undefined) {
    throw rehearsalFailure(`with nothing that starts connect, ${hash} was answered all the same`);
  }
  await letConnect(rehearsal, true);
  const what = "with connect started again";
  const elapsedMs = await expectAnswered(rehearsal, hash, { msMax: CATCH_UP_MS_MAX, what });
  rehearsal.print(
    `control    without a start of connect nothing in ${secondsOf(msMax)}; with it after ${secondsOf(elapsedMs)}`,
  );
}

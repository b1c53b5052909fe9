import { functionName } from "#regions/city-names.ts";
import { LOCAL_CITY } from "#services/cli/cloud/local-endpoint.ts";
import { childrenOf } from "#services/cli/cloud/process-group.ts";
import { announceBlock } from "#services/cli/cloud/rehearse/announce-blocks.ts";
import {
  CATCH_UP_MS_MAX,
  expectAnswered,
  type Rehearsal,
  rehearsalFailure,
  secondsOf,
} from "#services/cli/cloud/rehearse/rehearsal.ts";
import { CommandFailure } from "#services/cli/failure.ts";

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

/** @returns the failure of a check; `undefined` when it held */
async function failureOf(check: () => Promise<unknown>): Promise<CommandFailure | undefined> {
  try {
    await check();
    return undefined;
  } catch (cause) {
    if (cause instanceof CommandFailure && cause.code === "EXOS-E8186") return cause;
    throw cause;
  }
}

/**
 * The control of the whole rehearsal: without its mapping nothing starts `connect`, so the check of
 * an announced block, the very one that the rehearsal ends by, must fail. Did it hold, then something
 * else than the deployed functions moved the tip, or the check cannot fail.
 */
export async function disableConnect(rehearsal: Rehearsal): Promise<void> {
  const { node, print } = rehearsal;
  await letConnect(rehearsal, false);
  const failure = await failureOf(() => announceBlock(rehearsal));
  if (failure === undefined) {
    throw rehearsalFailure("with nothing that starts connect, an announced block was answered");
  }
  await letConnect(rehearsal, true);
  const what = "with connect started again";
  const msMax = CATCH_UP_MS_MAX;
  const elapsedMs = await expectAnswered(rehearsal, await node.tip(), { msMax, what });
  print(`control    without a start of connect: "${failure.message}"`);
  print(`           with it answered after ${secondsOf(elapsedMs)}`);
}

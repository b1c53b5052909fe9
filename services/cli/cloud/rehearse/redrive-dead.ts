import * as z from "zod";
import { functionName } from "#regions/city-names.ts";
import { LOCAL_CITY } from "#services/cli/cloud/local-endpoint.ts";
import {
  type Rehearsal,
  rehearsalFailure,
  secondsOf,
} from "#services/cli/cloud/rehearse/rehearsal.ts";
import { runFleet } from "#services/cli/cloud/rehearse/run-fleet.ts";
import { CommandFailure } from "#services/cli/failure.ts";

const QUEUE = "dead";
const REDRIVEN = z.object({
  queues: z.tuple([z.object({ state: z.literal("started"), messages: z.int().optional() })]),
});
/** What an endpoint answers that knows no way back; `infra/left-out.ts` names it. */
const UNKNOWN = "EXOS-E8108";
const LISTED = "what brings dead letters back";

/**
 * A hint that nobody can handle ends with the dead letters, and `exos fleet redrive` brings it back to
 * who handles it, once somebody can. Where the endpoint has no such call, the command says so, as listed.
 *
 * @param send sends the hint; sent again where nothing brings it back
 * @returns what it said last
 */
export async function redriveDead<Sent>(
  rehearsal: Rehearsal,
  send: () => Promise<Sent>,
): Promise<Sent> {
  const { city, cloud, print } = rehearsal;
  const [waiting, dead] = [city.outputs["ExosQueueTransactions"], city.outputs["ExosQueueDead"]];
  // Where roles are enforced, too, it would be the operator's own; once is enough.
  const isGuarded = city.endpoint.certificate !== undefined;
  if (waiting === undefined || dead === undefined || city.state().driven || isGuarded) {
    return send();
  }
  const started = performance.now();
  const mapping = await cloud.mappingOf(functionName(LOCAL_CITY, "mempool"));
  await cloud.setMapping(mapping, false);
  let sent: Sent;
  try {
    sent = await send();
    const tries = await cloud.failToHandle(waiting);
    const lost = await cloud.waitingIn(dead);
    if (lost < 1) throw rehearsalFailure(`no dead letter after a hint failed ${tries} times`);
    print(`dead       a hint that failed ${tries} times is a dead letter`);
  } finally {
    await cloud.setMapping(mapping, true);
  }
  if (await redrive(rehearsal)) {
    print(
      `redrive    brought back by exos fleet redrive: ${secondsOf(performance.now() - started)}`,
    );
    return sent;
  }
  print(`redrive    refused with ${UNKNOWN}: the endpoint lacks the call`);
  await cloud.empty(dead);
  return send();
}

/** @returns whether it was done; `false` where the endpoint cannot, as is listed of it or unknown */
async function redrive(rehearsal: Rehearsal): Promise<boolean> {
  try {
    await runFleet(rehearsal, REDRIVEN, "redrive", LOCAL_CITY.code, QUEUE);
    return true;
  } catch (cause) {
    const isListed = rehearsal.leftOut[LISTED]?.includes(UNKNOWN) === true;
    const mayLack = isListed || rehearsal.city.endpoint.kind === "given";
    if (mayLack && cause instanceof CommandFailure && cause.message.includes(UNKNOWN)) {
      return false;
    }
    throw cause;
  }
}

import * as z from "zod";
import { LOCAL_CITY } from "#services/cli/cloud/local-endpoint.ts";
import {
  askCity,
  type Rehearsal,
  rehearsalFailure,
  secondsOf,
} from "#services/cli/cloud/rehearse/rehearsal.ts";
import { runFleet } from "#services/cli/cloud/rehearse/run-fleet.ts";
import { EDGE_KEY } from "#shared/fleet/edge-stamp.ts";

/** Nothing runs tasks there: an image is named and not built. */
const IMAGE = `sha256:${"0".repeat(64)}`;
const { code } = LOCAL_CITY;
/** No stack made it, and none takes it away. */
const PLANTED = `secret ${LOCAL_CITY.secrets}/${EDGE_KEY}`;

const DEPLOYED = z.object({
  state: z.literal("done"),
  deployed: z.object({ version: z.string() }),
});
const STATUS = z.object({
  cities: z.tuple([z.object({ version: z.string().nullable(), ready: z.boolean() })]),
});
const ROWS = z.array(z.string());
const PLAN = z.object({
  cities: z.tuple([
    z.object({ change: z.object({ created: ROWS, changed: ROWS, removed: ROWS }) }),
  ]),
});
const GONE = z.object({ left: z.array(z.string()) });

/** Runs verbs, and keeps what each took. */
function fleetOf(rehearsal: Rehearsal) {
  const phases: string[] = [];
  const run = async <T>(shape: z.ZodType<T>, verb: string, ...more: readonly string[]) => {
    const begun = performance.now();
    const said = await runFleet(rehearsal, shape, verb, ...more);
    phases.push(`${verb} ${secondsOf(performance.now() - begun)}`);
    return said;
  };
  return { run, phases };
}

/** Elsewhere fleets are not deployed by functions that the endpoint runs. */
const isDelivered = ({ city }: Rehearsal): boolean =>
  city.endpoint.kind === "ministack" && !city.state().driven;

/**
 * What an operator does to a fleet, by its own commands, over stacks that stand: two releases one after
 * the other, back to the first, and a plan that finds nothing to change.
 */
export async function deliverReleases(rehearsal: Rehearsal): Promise<void> {
  if (!isDelivered(rehearsal)) return;
  const { run, phases } = fleetOf(rehearsal);
  const deploy = async () => {
    const { deployed } = await run(DEPLOYED, "deploy", "--image", IMAGE, "--bake", "1");
    return deployed.version;
  };
  const expectVersion = async (wanted: string): Promise<void> => {
    const [{ version, ready }] = (await run(STATUS, "status")).cities;
    if (ready && version === wanted) return;
    throw rehearsalFailure(`fleet status: ${version}, ready: ${ready}; ${wanted} was deployed`);
  };
  const group = rehearsal.city.outputs["DefaultSecurityGroup"] ?? "";
  const given = await rehearsal.cloud.rulesOf(group);
  const started = performance.now();
  const first = await deploy();
  const rules = await rehearsal.cloud.rulesOf(group);
  if (rules > 0) throw rehearsalFailure(`fleet deploy leaves ${rules} rules of its default group`);
  const second = await deploy();
  await expectVersion(second);
  await run(DEPLOYED, "rollback", "--bake", "1");
  await expectVersion(first);
  const [{ change }] = (await run(PLAN, "plan")).cities;
  const rows = Object.values(change).flat();
  if (rows.length > 0) throw rehearsalFailure(`fleet plan would change ${rows.join(", ")}`);
  await askCity(rehearsal, "getblockcount");
  const took = secondsOf(performance.now() - started);
  rehearsal.print(
    `deliver    two releases, back to the first, ${given} rules of the default group gone, nothing to change: ${took} (${phases.join(", ")})`,
  );
}

/** The end of the city, by the command of its operator. */
export async function destroyByFleet(rehearsal: Rehearsal): Promise<void> {
  if (!isDelivered(rehearsal)) return;
  const { city, print } = rehearsal;
  await city.stopIngest();
  const { run, phases } = fleetOf(rehearsal);
  const { left } = await run(GONE, "destroy", "--city", code, "--confirm", code);
  if (left.join() !== PLANTED) throw rehearsalFailure(`fleet destroy leaves ${left.join(", ")}`);
  print(`fleet      the city is gone but for the ${PLANTED}: ${phases.join(", ")}`);
}

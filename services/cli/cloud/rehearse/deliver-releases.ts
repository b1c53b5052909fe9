import { join } from "node:path";
import * as z from "zod";
import { LOCAL_CITY } from "#services/cli/cloud/local-endpoint.ts";
import {
  askCity,
  type Rehearsal,
  rehearsalFailure,
  secondsOf,
} from "#services/cli/cloud/rehearse/rehearsal.ts";
import { PROJECT } from "#services/cli/cloud/run-cdk.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";

const MAIN = join(PROJECT, "services", "cli", "main.ts");
/** Nothing runs tasks there: an image is named and not built. */
const IMAGE = `sha256:${"0".repeat(64)}`;
const { code, environment } = LOCAL_CITY;
/** Elsewhere fleets are not deployed by functions that the endpoint runs. */
const STARTED_HERE = "ministack";

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

/**
 * What an operator does to a fleet, by its own commands, over stacks that stand: two releases one after
 * the other, back to the first, a plan that finds nothing to change, and the end of the city.
 */
export async function deliverReleases(rehearsal: Rehearsal): Promise<void> {
  const { city, program, signal, print } = rehearsal;
  if (city.endpoint.kind !== STARTED_HERE || city.state().driven) return;
  const phases: string[] = [];
  const fleet = async <T>(shape: z.ZodType<T>, verb: string, ...more: readonly string[]) => {
    const words = [MAIN, "fleet", verb, ...more, "--environment", environment, "--json"];
    const doing = `exos fleet ${verb}`;
    const begun = performance.now();
    const said = await runProgram(process.execPath, words, { doing, env: program, signal });
    phases.push(`${verb} ${secondsOf(performance.now() - begun)}`);
    return shape.parse(JSON.parse(said));
  };
  const deploy = async () => {
    const { deployed } = await fleet(DEPLOYED, "deploy", "--image", IMAGE, "--bake", "1");
    return deployed.version;
  };
  const expectVersion = async (wanted: string): Promise<void> => {
    const [{ version, ready }] = (await fleet(STATUS, "status")).cities;
    if (ready && version === wanted) return;
    throw rehearsalFailure(`fleet status: ${version}, ready: ${ready}; ${wanted} was deployed`);
  };
  const started = performance.now();
  const first = await deploy();
  const second = await deploy();
  await expectVersion(second);
  await fleet(DEPLOYED, "rollback", "--bake", "1");
  await expectVersion(first);
  const [{ change }] = (await fleet(PLAN, "plan")).cities;
  const rows = Object.values(change).flat();
  if (rows.length > 0) throw rehearsalFailure(`fleet plan would change ${rows.join(", ")}`);
  await askCity(rehearsal, "getblockcount");
  await city.stopIngest();
  const { left } = await fleet(GONE, "destroy", "--city", code, "--confirm", code);
  if (left.length > 0) throw rehearsalFailure(`fleet destroy leaves ${left.join(", ")}`);
  const took = secondsOf(performance.now() - started);
  print(
    `deliver    two releases, back to the first, nothing to change, destroyed: ${took} (${phases.join(", ")})`,
  );
}

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CITY_STACKS, SHARED_STACKS } from "#regions/city-outputs.ts";
import type { EnvironmentName } from "#regions/environment.ts";
import type { PrintedFacts } from "#regions/with-printed.ts";
import { PROJECT } from "#services/cli/cloud/run-cdk.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import type { CommandContext } from "#services/cli/command.ts";
import type { PricedTemplate } from "./priced-template.ts";

/** Templates of each AWS city by its letters, in the order of its stacks, and of what stands beside them. */
export type FleetTemplates = ReadonlyMap<string, readonly PricedTemplate[]>;

/** What is synthesised of a fleet. */
interface Part {
  /** Letters of the cities, without the edge; all of it where none are named. */
  readonly cities?: readonly string[] | undefined;
  /** What is deployed already, and says of itself. */
  readonly printed?: PrintedFacts | undefined;
}

/**
 * What would be deployed, synthesised now: without bundles, credentials or network.
 *
 * @throws CommandFailure `EXOS-E8012` when that fails
 */
export async function synthesiseTemplates(
  fleet: EnvironmentName,
  { environment, signal }: Pick<CommandContext, "environment" | "signal">,
  { cities, printed = { origins: {} } }: Part = {},
): Promise<FleetTemplates> {
  if (cities?.length === 0) return new Map();
  const folder = await mkdtemp(join(tmpdir(), "exos-plan-"));
  try {
    const told = {
      CDK_OUTDIR: folder,
      CDK_CONTEXT_JSON: JSON.stringify({ environment: fleet, cities: cities?.join(), printed }),
    };
    await runProgram(process.execPath, [join(PROJECT, "infra", "app.ts")], {
      doing: "synthesising the fleet",
      cwd: PROJECT,
      env: { ...environment, ...told },
      signal,
      code: "EXOS-E8012",
    });
    return await readTemplates(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The templates of a cloud assembly: one folder a city, one file a stack. */
async function readTemplates(folder: string): Promise<FleetTemplates> {
  const cities = new Map<string, readonly PricedTemplate[]>();
  for (const name of (await readdir(folder)).toSorted()) {
    const code = /^assembly-([a-z]+)$/.exec(name)?.[1];
    if (code === undefined) continue;
    const files = await readdir(join(folder, name));
    const wanted = Object.entries<readonly string[]>(SHARED_STACKS).find(([one]) => one === code);
    const stacks: PricedTemplate[] = [];
    for (const stack of wanted?.[1] ?? CITY_STACKS) {
      const named = new RegExp(`^${code}${stack}[0-9A-F]{8}\\.template\\.json$`);
      const file = files.find((one) => named.test(one));
      if (file === undefined)
        throw new RangeError(`the assembly has no template of ${code}/${stack}`);
      stacks.push(JSON.parse(await readFile(join(folder, name, file), "utf8")));
    }
    cities.set(code, stacks);
  }
  return cities;
}

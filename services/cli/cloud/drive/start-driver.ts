import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { DRIVEN_STACK } from "#regions/city-outputs.ts";
import type { CloudFolder } from "#services/cli/cloud/cloud-state.ts";
import type { DrivePlan } from "#services/cli/cloud/drive/drive-plan.ts";
import { readDrivenFunctions } from "#services/cli/cloud/drive/read-driven-functions.ts";
import {
  LOCAL_CITY,
  type LocalEndpoint,
  programEnvironment,
} from "#services/cli/cloud/local-endpoint.ts";
import type { CityOutputs } from "#services/cli/cloud/read-outputs.ts";
import { PROJECT } from "#services/cli/cloud/run-cdk.ts";
import { type DetachedProcess, startReady } from "#services/cli/cloud/start-detached.ts";
import type { Environment } from "#services/cli/command.ts";

export interface DriverOptions {
  readonly endpoint: LocalEndpoint;
  readonly folder: CloudFolder;
  readonly outputs: CityOutputs;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** What drives a city, and where it answers. */
export interface RunningDriver extends DetachedProcess {
  /** Without a slash at its end; below it a function with a URL by its name, such as `rpc`. */
  readonly url: string;
}

/** The stacks whose functions are driven: they stand in the assembly, and are not deployed. */
const STACKS = [DRIVEN_STACK, "rpc"] as const;
const MAIN = join("services", "cli", "cloud", "drive", "main.ts");
const READY_MS_MAX = 30_000;
/** What the CDK writes of a stage. */
const MANIFEST = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      properties: z
        .object({ stackName: z.string().optional(), templateFile: z.string().optional() })
        .optional(),
    }),
  ),
});
const READY = z.object({ url: z.string() });

async function templatesOf({ assembly }: CloudFolder): Promise<readonly unknown[]> {
  const stage = join(assembly, `assembly-${LOCAL_CITY.code}`);
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(stage, name), "utf8"));
  const { artifacts } = MANIFEST.parse(await read("manifest.json"));
  const names = new Set(STACKS.map((stack) => `${LOCAL_CITY.prefix}-${stack}`));
  const wanted = Object.values(artifacts).flatMap(
    ({ properties: { stackName, templateFile } = {} }) =>
      stackName !== undefined && names.has(stackName) && templateFile !== undefined
        ? [templateFile]
        : [],
  );
  return Promise.all(wanted.map(read));
}

/** Start what drives the functions of a deployed city, as a process that goes on by itself. */
export async function startDriver(options: DriverOptions): Promise<RunningDriver> {
  const { endpoint, folder, outputs, environment, signal } = options;
  const functions = readDrivenFunctions(await templatesOf(folder), {
    outputs,
    prefix: LOCAL_CITY.prefix,
  });
  const client = programEnvironment(endpoint, { home: folder.path, ours: environment });
  const plan: DrivePlan = { functions: [...functions], bundles: folder.bundles, client };
  const file = join(folder.path, "driven.json");
  await writeFile(file, JSON.stringify(plan, undefined, 2), { mode: 0o600 });
  const { found, ...started } = await startReady(
    {
      command: process.execPath,
      words: [join(PROJECT, MAIN), file],
      env: client,
      cwd: PROJECT,
      log: join(folder.path, "driver.log"),
    },
    { name: "what drives the functions", msMax: READY_MS_MAX, signal, look: readyLine },
  );
  return { ...started, url: found.url };
}

/** The line with which it says where it answers. */
function readyLine(said: string): z.infer<typeof READY> | undefined {
  const line = said.split("\n").find((one) => one.startsWith('{"url"') && one.endsWith("}"));
  return line === undefined ? undefined : READY.parse(JSON.parse(line));
}

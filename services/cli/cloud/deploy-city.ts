import { rm } from "node:fs/promises";
import { join } from "node:path";
import {
  CITY_OUTPUTS,
  CITY_STACKS,
  type CityStack,
  DRIVEN_CITY_STACKS,
  isOfFunctions,
} from "#regions/city-outputs.ts";
import type { CloudFolder } from "#services/cli/cloud/cloud-state.ts";
import { LOCAL_ACCOUNT, LOCAL_CITY, LOCAL_REGION } from "#services/cli/cloud/local-endpoint.ts";
import { type CityOutputs, readOutputs } from "#services/cli/cloud/read-outputs.ts";
import { type CdkOptions, PROJECT, runCdk } from "#services/cli/cloud/run-cdk.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import type { Environment } from "#services/cli/command.ts";

export interface DeployOptions extends Omit<CdkOptions, "doing" | "home" | "onLine"> {
  readonly folder: CloudFolder;
  /** Whether its functions are driven from here: then no stack that has one is deployed. */
  readonly driven: boolean;
  /** Whether its functions lie bundled in its folder already, as they are now. */
  readonly bundled?: boolean;
  /** Told what begins, and what of it is done. */
  readonly onNote: (line: string) => void;
}

/** Lines of the CLI that a person waits for: a stack that stands, and whatever went wrong. */
const TELLING = /✅|❌|_FAILED|ROLLBACK|Error:/;

/** A program of ours that lays out what is deployed, under the Node that runs this. */
async function layOut(
  name: string,
  words: readonly string[],
  options: DeployOptions & { readonly doing: string; readonly env?: Environment },
): Promise<void> {
  const { doing, environment, signal, env = {} } = options;
  await runProgram(process.execPath, [join(PROJECT, "infra", name), ...words], {
    doing,
    env: { ...environment, ...env },
    cwd: PROJECT,
    signal,
    code: "EXOS-E8183",
  });
}

/**
 * The cloud assembly of the local city, with its bundles in it. It is made before the CLI is called,
 * and not by it: the CLI hands a command line to a shell, which folders with spaces do not survive.
 */
async function synthesise(options: DeployOptions): Promise<void> {
  const { driven, folder, endpoint } = options;
  const { bundles, assembly } = folder;
  await rm(assembly, { recursive: true, force: true });
  const context = {
    environment: "local",
    cities: LOCAL_CITY.code,
    bundles,
    driven: String(driven),
    endpoint: endpoint.kind,
  };
  const env = { CDK_OUTDIR: assembly, CDK_CONTEXT_JSON: JSON.stringify(context) };
  await layOut("app.ts", [], { ...options, doing: "synthesising the city", env });
}

/** The stacks that are deployed, as the CLI names them. */
function chosen({ driven }: DeployOptions): readonly string[] {
  if (!driven) return ["**"];
  return [...DRIVEN_CITY_STACKS.map((stack) => `${LOCAL_CITY.code}/${stack}`), "--exclusively"];
}

/** What is to be printed by them. */
function wantedOf({ driven }: DeployOptions): readonly (readonly [CityStack, readonly string[]])[] {
  return (driven ? DRIVEN_CITY_STACKS : CITY_STACKS).map((stack) => {
    const names = Object.keys(CITY_OUTPUTS[stack]);
    return [stack, driven ? names.filter((name) => !isOfFunctions(name)) : names];
  });
}

/**
 * Bundle the functions, and deploy the city with the CLI of the CDK.
 *
 * @throws CommandFailure `EXOS-E8183`
 */
export async function deployCity(options: DeployOptions): Promise<CityOutputs> {
  const { folder, bundled = false, onNote } = options;
  onNote(bundled ? "synthesising the city" : "bundling the functions, synthesising the city");
  if (!bundled) {
    await layOut("bundle.ts", [folder.bundles], { ...options, doing: "bundling the functions" });
  }
  await synthesise(options);
  const cdk = {
    ...options,
    home: folder.home,
    onLine: (line: string) => TELLING.test(line) && onNote(line.trim()),
  };
  onNote("preparing the account for deployments");
  await runCdk(["bootstrap", `aws://${LOCAL_ACCOUNT}/${LOCAL_REGION}`], {
    ...cdk,
    doing: "preparing the account",
  });
  onNote("deploying the city");
  await runCdk(
    [
      ...["deploy", ...chosen(options), "--app", folder.assembly, "--require-approval", "never"],
      ...["--outputs-file", folder.outputs, "--progress", "events"],
    ],
    { ...cdk, doing: "deploying the city" },
  );
  return readOutputs(folder.outputs, { prefix: LOCAL_CITY.prefix, wanted: wantedOf(options) });
}

/** Remove the stacks of the city, from what was deployed. @throws CommandFailure `EXOS-E8183` */
export async function destroyCity(options: DeployOptions): Promise<void> {
  const { folder, onNote } = options;
  await runCdk(["destroy", ...chosen(options), "--app", folder.assembly, "--force"], {
    ...options,
    home: folder.home,
    doing: "removing the city",
    onLine: (line) => TELLING.test(line) && onNote(line.trim()),
  });
}

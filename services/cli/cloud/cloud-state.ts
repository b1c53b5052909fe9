import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import type { Config } from "#services/cli/read-config.ts";

/** Where a local city keeps what it needs, below the operator's folder. */
export interface CloudFolder {
  readonly path: string;
  /** What runs, for the command that ends it. */
  readonly state: string;
  /** Of the emulator; made anew by each start. */
  readonly emulator: string;
  /** Home of the CDK's CLI. */
  readonly home: string;
  /** One folder per bundled function. */
  readonly bundles: string;
  /** What is deployed. */
  readonly assembly: string;
  readonly outputs: string;
  /** Data folder of the node that the city follows. */
  readonly peer: string;
}

/** The folder of the local city of this configuration. */
export function cloudFolderOf({ datadir }: Pick<Config, "datadir">): CloudFolder {
  const path = join(datadir, "cloud");
  return {
    path,
    state: join(path, "state.json"),
    emulator: join(path, "emulator"),
    home: join(path, "cdk"),
    bundles: join(path, "bundles"),
    assembly: join(path, "assembly"),
    outputs: join(path, "outputs.json"),
    peer: join(path, "peer"),
  };
}

const Process = z.object({
  pid: z.int(),
  /** Absent in what earlier versions wrote. */
  start: z.string().optional(),
  log: z.string(),
});
const Container = z.object({
  /** Program that runs it. */
  tool: z.enum(["docker", "podman"]),
  id: z.string(),
  /** Variables that the program wants beside ours. */
  environment: z.record(z.string(), z.string()),
});
/** A container that runs, for the command that ends it. */
export type RunningContainer = z.infer<typeof Container>;

const Ingest = z.discriminatedUnion("kind", [
  Container.extend({ kind: z.literal("container") }),
  Process.extend({ kind: z.literal("process") }),
]);
/** The city's peer process, where it runs. */
export type RunningIngest = z.infer<typeof Ingest>;

const STATE = z.object({
  schema: z.literal("exos.cloud.v1"),
  endpoint: z.object({
    kind: z.enum(["ministack", "localstack", "given"]),
    url: z.string(),
    certificate: z.string().optional(),
  }),
  /** The emulator that this program started. */
  emulator: Process.optional(),
  /** The same, where it is a container. */
  container: Container.optional(),
  /** What lets it start containers of functions; the folder of its log is its own. */
  containers: Process.optional(),
  /** Whether stacks may stand there. */
  deployed: z.boolean(),
  /** Whether they are those of a city whose functions are driven. */
  driven: z.boolean().default(false),
  /** What drives them. */
  driver: Process.optional(),
  ingest: Ingest.optional(),
  /** The node that the city follows, where this program started it. */
  peer: Process.optional(),
});

/** What of a local city runs. */
export type CloudState = z.infer<typeof STATE>;

/** @returns `undefined` where no city was started, or what is written of one cannot be read */
export async function readCloudState(file: string): Promise<CloudState | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return STATE.parse(JSON.parse(text));
  } catch {
    // Of another version, or cut short by a full disk: nothing in it can be relied on.
    return undefined;
  }
}

/** Written whole or not at all, after each thing that was started. */
export async function writeCloudState(file: string, state: CloudState): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, JSON.stringify(state, undefined, 2), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Nothing of the city is left that a command would have to end. */
export async function forgetCloudState(file: string): Promise<void> {
  await rm(file, { force: true });
}

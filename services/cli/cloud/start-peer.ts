import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { ENVIRONMENTS } from "#regions/environment.ts";
import { PROJECT } from "#services/cli/cloud/run-cdk.ts";
import { type DetachedProcess, startReady } from "#services/cli/cloud/start-detached.ts";
import type { Environment } from "#services/cli/command.ts";

/** A node of ours that the city follows. */
export interface LocalPeer extends DetachedProcess {
  /** Where peers connect, such as `127.0.0.1:15888`. */
  readonly address: string;
  readonly rpcUrl: string;
  /** Login of its JSON-RPC, as the header of a request. */
  readonly authorization: string;
}

export interface PeerOptions {
  /** Mints a block on each slot; otherwise it makes blocks when it is asked to. */
  readonly minting: boolean;
  /** Data folder. */
  readonly folder: string;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** Mining the first blocks of a network takes seconds. */
const READY_MS_MAX = 120_000;
/** The network of the environment `local`. */
const NETWORK = ENVIRONMENTS.local.network;
const ANY_PORT = ["--port", "0", "--httpport", "0", "--rpcport", "0"];

const READY = z.object({
  rpcUrl: z.string(),
  listening: z.array(z.string()).min(1),
});

/** The line with which a node says that it is ready. */
function readyLine(said: string): z.infer<typeof READY> | undefined {
  for (const line of said.split("\n")) {
    // Of a line that is still being written, the closing bracket is missing.
    if (!(line.startsWith("{") && line.endsWith("}"))) continue;
    const parsed = READY.safeParse(JSON.parse(line));
    if (parsed.success) return parsed.data;
  }
  return undefined;
}

/** A development node, as a process that goes on when this one ends. */
export async function startPeer(options: PeerOptions): Promise<LocalPeer> {
  const { minting, folder, environment, signal } = options;
  const main = join(PROJECT, "services", "cli", "main.ts");
  const verb = minting ? ["dev"] : ["start", "--network", NETWORK];
  const { found, ...started } = await startReady(
    {
      command: process.execPath,
      words: [main, ...verb, "--datadir", folder, ...ANY_PORT, "--json"],
      env: environment,
      cwd: PROJECT,
      log: `${folder}.log`,
    },
    {
      name: "the node that the city follows",
      msMax: READY_MS_MAX,
      signal,
      async look(said) {
        const ready = readyLine(said);
        if (ready === undefined) return undefined;
        return { ...ready, cookie: await readFile(join(folder, NETWORK, ".cookie")) };
      },
    },
  );
  const { rpcUrl, listening, cookie } = found;
  // It listens on every address; the city is on this machine.
  const port = listening[0]?.split(":").at(-1) ?? "";
  const authorization = `Basic ${cookie.toString("base64")}`;
  return { ...started, rpcUrl, authorization, address: `127.0.0.1:${port}` };
}

import { setTimeout as wait } from "node:timers/promises";
import { askRpc } from "#services/cli/cloud/ask-city.ts";
import { cloudFolderOf, readCloudState } from "#services/cli/cloud/cloud-state.ts";
import { endpointChoice } from "#services/cli/cloud/endpoint-choice.ts";
import { leftOutOf } from "#services/cli/cloud/left-out-of.ts";
import { type RaisedCity, raiseCity } from "#services/cli/cloud/raise-city.ts";
import { isIngestUp } from "#services/cli/cloud/start-ingest.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";

/** A city that knows no block after so long does not work. */
const SYNC_MS_MAX = 300_000;
const LOOK_MS = 1_000;

/** Wait until the city answers with at least this height. @returns the height it answers with */
async function untilSynced(
  city: RaisedCity,
  wanted: number,
  { terminal, environment, signal }: CommandContext,
): Promise<number> {
  const started = performance.now();
  let said = "";
  while (performance.now() - started < SYNC_MS_MAX) {
    try {
      const height = Number(await askRpc(city.rpcUrl, { method: "getblockcount", params: [] }));
      if (height >= wanted) return height;
      terminal.status(`blocks ${height} of ${wanted}`);
    } catch (cause) {
      // Until it has its first tip, a city answers with nothing else.
      said = cause instanceof Error ? cause.message : String(cause);
    }
    if (!(await isIngestUp(city.ingest().running, { environment, signal }))) {
      throw new CommandFailure("the peer process ended", { code: "EXOS-E8181" });
    }
    await wait(LOOK_MS, undefined, { signal });
  }
  throw new CommandFailure(`the city does not follow its peer: ${said}`, { code: "EXOS-E8181" });
}

/** `exos cloud up`. */
export async function runUp(context: CommandContext): Promise<ExitCode> {
  const { config, terminal, environment, signal, options, json } = context;
  const folder = cloudFolderOf(config);
  const choice = await endpointChoice(options, environment);
  if ((await readCloudState(folder.state)) !== undefined) {
    throw new CommandFailure(`${folder.path} has a city that is up`, { code: "EXOS-E8184" });
  }
  const city = await raiseCity({
    folder,
    roles: options["roles"] !== undefined,
    ...choice,
    plainProcess: options["process"] !== undefined,
    installTool: false,
    peer: config.list("connect")[0],
    minting: true,
    environment,
    signal,
    onNote: (line) => terminal.err(line),
  });
  const { started, address } = city.peer;
  const wanted = started === undefined ? 0 : 1;
  const height = await untilSynced(city, wanted, context);
  const url = `${city.rpcUrl}/`;
  const peers = `127.0.0.1:${city.ingest().port}`;
  const leftOut = await leftOutOf(city.endpoint, choice, { environment, signal });
  if (json) {
    const { endpoint, eventsUrl } = city;
    const row = { endpoint: endpoint.url, rpcUrl: url, eventsUrl, peers, follows: address, height };
    terminal.out(JSON.stringify({ schema: "exos.cloud-up.v1", ...row, leftOut }));
    return EXIT.done;
  }
  const kind = city.ingest().running.kind === "container" ? "a container" : "a process";
  const lines = [
    `A city of AWS on this machine, at height ${height}.`,
    "",
    `  JSON-RPC  ${url}`,
    ...(city.eventsUrl === undefined ? [] : [`  events    ${city.eventsUrl}/v1/events`]),
    `  peers     ${peers}, ${kind}`,
    `  follows   ${address}`,
    `  endpoint  ${city.endpoint.url}`,
    ...(city.starter === undefined ? [] : [`  log       ${city.starter.log}`]),
    "",
    "Such a city goes without:",
    ...Object.entries(leftOut).map(([what, why]) => `  ${what}: ${why}`),
    "",
    "exos cloud down takes it down.",
  ];
  for (const line of lines) terminal.out(line);
  return EXIT.done;
}

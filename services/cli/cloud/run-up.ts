import { askRpc } from "#services/cli/cloud/ask-city.ts";
import { cloudFolderOf, readCloudState } from "#services/cli/cloud/cloud-state.ts";
import { endpointChoice } from "#services/cli/cloud/endpoint-choice.ts";
import { leftOutOf } from "#services/cli/cloud/left-out-of.ts";
import { type RaisedCity, raiseCity } from "#services/cli/cloud/raise-city.ts";
import { isIngestUp } from "#services/cli/cloud/start-ingest.ts";
import { untilSynced } from "#services/cli/cloud/until-synced.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";

/** @param headers such as a login */
async function heightAt(url: string, headers?: Readonly<Record<string, string>>): Promise<number> {
  return Number(await askRpc(url, { method: "getblockcount", params: [] }, headers));
}

/** Wait until the city has what the node of its own has; of any other node, until it has a block. */
async function follow(
  { rpcUrl, ingest, peer }: RaisedCity,
  { terminal, environment, signal }: CommandContext,
): Promise<number> {
  const { started, address } = peer;
  const { authorization = "" } = started ?? {};
  const wanted = started === undefined ? 1 : await heightAt(started.rpcUrl, { authorization });
  return untilSynced(
    {
      peer: address,
      height: () => heightAt(rpcUrl),
      isUp: () => isIngestUp(ingest().running, { environment, signal }),
    },
    { wanted, signal, onStatus: (line) => terminal.status(line) },
  );
}

/** The node that is to be followed. @throws CommandFailure for several */
function peerOf({ config }: CommandContext): string | undefined {
  const [peer, ...more] = config.list("connect");
  if (more.length === 0) return peer;
  const message = `a local city follows one node, and --connect names ${more.length + 1}`;
  throw new CommandFailure(message, { code: "EXOS-E0002", exit: EXIT.usage });
}

/** `exos cloud up`. */
export async function runUp(context: CommandContext): Promise<ExitCode> {
  const { config, terminal, environment, signal, options, json } = context;
  const folder = cloudFolderOf(config);
  const choice = await endpointChoice(options, environment);
  const peer = peerOf(context);
  if ((await readCloudState(folder.state)) !== undefined) {
    throw new CommandFailure(`${folder.path} has a city that is up`, { code: "EXOS-E8184" });
  }
  const city = await raiseCity({
    folder,
    roles: options["roles"] !== undefined,
    ...choice,
    plainProcess: options["process"] !== undefined,
    installTool: false,
    peer,
    minting: true,
    environment,
    signal,
    onNote: (line) => terminal.err(line),
  });
  const height = await follow(city, context);
  const { address } = city.peer;
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

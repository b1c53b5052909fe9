import type { Command, CommandContext } from "#services/cli/command.ts";
import type { RunningNode } from "#services/cli/run-node.ts";
import { formatEndpoint } from "#shared/p2p/endpoint-text.ts";

async function announce(
  { node, peered, httpUrl, rpcUrl, served, city, readyMs }: RunningNode,
  { terminal, json }: CommandContext,
): Promise<void> {
  const { height, hash } = await node.tip();
  const network = node.network.name;
  const listening = peered.listening.map(formatEndpoint);
  if (json) {
    const place = { network, height, hash, httpUrl, rpcUrl, listening, readyMs };
    const row = { schema: "exos.ready.v1", ...place, ...(city === undefined ? {} : { city }) };
    terminal.out(JSON.stringify(row));
    return;
  }
  const what = city === undefined ? "exos node" : `city ${city}`;
  terminal.out(`${what} on ${network}, ready in ${readyMs} ms; Ctrl-C stops it`);
  terminal.out(`  tip       ${height} ${hash}`);
  if (city === undefined) {
    terminal.out(`  API       ${httpUrl}/v1/node (described in ${httpUrl}/v1/openapi.json)`);
    terminal.out(`  JSON-RPC  ${rpcUrl}/ (login in ${served.cookiePath})`);
  } else {
    terminal.out(`  edge      ${httpUrl} (answers what carries its stamp)`);
    terminal.out(`  operator  ${rpcUrl} (login in ${served.cookiePath})`);
  }
  if (listening.length > 0) terminal.out(`  peers     ${listening.join(", ")}`);
}

export const start: Command = {
  name: "start",
  audience: "run",
  usage:
    "exos start [--network NAME|FILE] [--datadir FOLDER] [--connect HOST:PORT]… [--listen 0|1] [--httpport N] [--rpcport N] [--city CODE --secrets FOLDER]",
  summary: "run a full node: answer for the chain of the data folder until stopped",
  examples: ["start", "start --network stratis --port 0 --httpport 0 --rpcport 0"],
  async run(context) {
    // A command that only asks a running node need not load a whole one.
    const { runNode } = await import("#services/cli/run-node.ts");
    return runNode(context, { announce: (running) => announce(running, context) });
  },
};

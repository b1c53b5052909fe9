import * as z from "zod";
import type { Command } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { age } from "#services/cli/long-work.ts";
import { readResult } from "#services/cli/node-client.ts";

const Peers = z.array(
  z.looseObject({
    id: z.number(),
    addr: z.string(),
    inbound: z.boolean(),
    connection_type: z.string(),
    version: z.number(),
    subver: z.string(),
    pingtime: z.number().optional(),
    startingheight: z.number(),
    synced_headers: z.number(),
    synced_blocks: z.number(),
    bytessent: z.number(),
    bytesrecv: z.number(),
    conntime: z.number(),
  }),
);
const Network = z.looseObject({ warnings: z.array(z.string()) });

const KIB = 1_024;

/** What a peer calls itself may hold anything: only what can be seen is printed. */
function visible(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 40);
}

function bytes(count: number): string {
  if (count < KIB) return `${count} B`;
  return count < KIB * KIB
    ? `${(count / KIB).toFixed(0)} KiB`
    : `${(count / KIB / KIB).toFixed(1)} MiB`;
}

export const peers: Command = {
  name: "peers",
  audience: "use",
  usage: "exos peers",
  summary: "who is connected: address, direction, version, height, ping, bytes",
  examples: ["peers", "peers --json"],
  async run(context) {
    const { json, terminal } = context;
    const list = await readResult(context, "getpeerinfo", Peers);
    const { warnings } = await readResult(context, "getnetworkinfo", Network);
    if (json) {
      terminal.out(JSON.stringify({ schema: "exos.peers.v1", peers: list, warnings }));
      return EXIT.done;
    }
    for (const warning of warnings) terminal.out(`warning  ${warning}`);
    if (list.length === 0) terminal.out("nobody is connected");
    const seconds = Math.floor(Date.now() / 1_000);
    for (const peer of list) {
      const height = Math.max(peer.synced_headers, peer.synced_blocks, peer.startingheight);
      const ping = peer.pingtime === undefined ? "-" : `${Math.round(peer.pingtime * 1_000)} ms`;
      const columns = [
        String(peer.id).padStart(4),
        peer.addr.padEnd(21),
        peer.connection_type.replace("outbound-full-relay", "outbound").padEnd(8),
        `${peer.version} ${visible(peer.subver)}`.padEnd(28),
        `height ${height}`.padEnd(14),
        `ping ${ping}`.padEnd(12),
        `sent ${bytes(peer.bytessent)}`.padEnd(14),
        `received ${bytes(peer.bytesrecv)}`.padEnd(18),
        `for ${age(Math.max(0, seconds - peer.conntime))}`,
      ];
      terminal.out(columns.join("  ").trimEnd());
    }
    return EXIT.done;
  },
};

import { join } from "node:path";
import { commandText } from "#services/cli/command-text.ts";
import type { Config } from "#services/cli/read-config.ts";

/** One thing to try: what it shows, and a command that works when pasted. */
export interface ThingToTry {
  readonly what: string;
  readonly command: string;
}

export interface DevelopmentNode {
  readonly config: Config;
  readonly address: string;
  readonly httpUrl: string;
  readonly httpPort: number;
  readonly rpcPort: number;
  /** Where it listens for other nodes; `undefined` where it does not. */
  readonly peerPort: number | undefined;
  /** Cities that run in its process; 1 without a fleet. */
  readonly cities: number;
}

/** Somebody to pay: an address of the development network whose key nobody has kept. */
const SOMEBODY = "XX582xzQcPAncHnUA3tbWteFxQ9yrWutuh";

/** A command with the words that tell the running node apart. */
type Typed = (...words: readonly string[]) => string;

function networkFlags({ entries }: Config): string[] {
  return entries.network?.source === "built-in"
    ? []
    : ["--network", String(entries.network?.value)];
}

/** What tells the running node apart: nothing where it uses the defaults. */
function nodeFlags({ config, httpPort, rpcPort }: DevelopmentNode): string[] {
  const { ports } = config.network;
  const flags = networkFlags(config);
  if (config.entries.datadir?.source !== "built-in") flags.push("--datadir", config.datadir);
  if (httpPort !== ports.http) flags.push("--httpport", String(httpPort));
  if (rpcPort !== ports.rpc) flags.push("--rpcport", String(rpcPort));
  return flags;
}

/** What a fleet can be asked and told; nothing for a node alone. */
function ofFleet({ cities }: DevelopmentNode, exos: Typed): readonly ThingToTry[] {
  if (cities < 2) return [];
  const first = Math.floor(cities / 2);
  const sizes = `${first}/${cities - first}`;
  return [
    { what: "See every city: height, peers, agreement.", command: exos("fleet", "status") },
    { what: "Cut the cities in two.", command: exos("dev", "partition", sizes) },
    { what: "Join them again.", command: exos("dev", "heal") },
  ];
}

/** What somebody beside a node alone would try: its API, and a second node. */
function ofNode(
  { address, config, httpUrl, peerPort }: DevelopmentNode,
  exos: Typed,
): readonly ThingToTry[] {
  const url = `${httpUrl}/v1/addresses/${address}`;
  const read = `node -e "fetch('${url}').then((answer) => answer.text()).then(console.log)"`;
  const folder = join(config.datadir, "second");
  const place = ["--datadir", folder, "--connect", `127.0.0.1:${peerPort}`];
  const ports = ["--port", "0", "--httpport", "0", "--rpcport", "0"];
  const network = networkFlags(config);
  const joining = commandText(["start", ...network, ...place, ...ports]);
  return [
    { what: "Ask the HTTP API what the wallet's first address owns.", command: read },
    peerPort === undefined
      ? { what: "See who is connected.", command: exos("peers") }
      : { what: "Let a second node download this chain (Ctrl-C ends it).", command: joining },
  ];
}

/** Five commands for whoever has just started the first node. */
export function fiveThings(node: DevelopmentNode): readonly ThingToTry[] {
  const flags = nodeFlags(node);
  const exos: Typed = (...words) => commandText([...words, ...flags]);
  const pay = exos("send", SOMEBODY, "1.5", "--yes");
  const all = [
    { what: "See where the node stands.", command: exos("status") },
    ...ofFleet(node, exos),
    { what: "Ask why it mints blocks, or why not.", command: exos("stake", "why") },
    { what: "Pay somebody from the wallet dev.", command: pay },
    ...ofNode(node, exos),
  ];
  return all.slice(0, 5);
}

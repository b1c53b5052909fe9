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
  /** Hash of the block that made the first coins. */
  readonly block: string;
}

/** What tells the running node apart: nothing where it uses the defaults. */
function nodeFlags({ config, httpPort, rpcPort }: DevelopmentNode): string[] {
  const { ports } = config.network;
  const flags: string[] = [];
  if (config.entries.network?.source !== "built-in") {
    flags.push("--network", String(config.entries.network?.value));
  }
  if (config.entries.datadir?.source !== "built-in") flags.push("--datadir", config.datadir);
  if (httpPort !== ports.http) flags.push("--httpport", String(httpPort));
  if (rpcPort !== ports.rpc) flags.push("--rpcport", String(rpcPort));
  return flags;
}

/** Five commands for whoever has just started the first node. */
export function fiveThings(node: DevelopmentNode): readonly ThingToTry[] {
  const { address, httpUrl, block } = node;
  const flags = nodeFlags(node);
  const exos = (first: string, ...rest: string[]) => commandText([first, ...flags, ...rest]);
  const url = `${httpUrl}/v1/addresses/${address}`;
  const read = `node -e "fetch('${url}').then((answer) => answer.text()).then(console.log)"`;
  return [
    { what: "See where the node stands.", command: exos("status") },
    { what: "Mine five more blocks.", command: exos("rpc", "generate", "5") },
    { what: "Count the coins, and hash the whole set.", command: exos("rpc", "gettxoutsetinfo") },
    {
      what: "Look at the block that made the first coins.",
      command: exos("rpc", "getblock", block),
    },
    { what: "Ask the HTTP API what the address owns.", command: read },
  ];
}

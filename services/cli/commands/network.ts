import type { Command } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { usageFailure } from "#services/cli/failure.ts";
import { indentJson } from "#services/cli/indent-json.ts";
import { NETWORK_SCHEMA, openNetwork } from "#services/cli/read-config.ts";
import { formatNetwork } from "#shared/consensus/format-network.ts";
import type { Network } from "#shared/consensus/params.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

const USAGE = "exos network show [NAME] | validate FILE";

/** What `validate` reads back, under another name. */
function describe(network: Network): string {
  return JSON.stringify({ schema: NETWORK_SCHEMA, ...formatNetwork(network) });
}

export const network: Command = {
  name: "network",
  audience: "inspect",
  usage: USAGE,
  takesWords: true,
  summary: "the constants of a network, or a check of a private network's file",
  examples: ["network show", "network show stratis --json"],
  async run({ positionals, config, json, terminal }) {
    const [verb = "show", name] = positionals;
    if (verb === "show") {
      const text = describe(name === undefined ? config.network : openNetwork(name));
      terminal.out(json ? text : indentJson(text));
      return EXIT.done;
    }
    if (verb !== "validate") throw usageFailure(`network has no "${verb}"`, USAGE);
    if (name === undefined) throw usageFailure("the path of a network file is missing", USAGE);
    const found = openNetwork(
      name.endsWith(".json") || name.startsWith("/") ? name : `./${name}.json`,
    );
    const genesis = toHashHex(found.consensus.genesis.hash);
    terminal.out(
      json
        ? JSON.stringify({
            schema: "exos.network-check.v1",
            name: found.name,
            valid: true,
            genesis,
          })
        : `${name}: network ${found.name} is valid; genesis ${genesis}`,
    );
    return EXIT.done;
  },
};

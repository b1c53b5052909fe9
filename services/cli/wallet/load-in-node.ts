import * as z from "zod";
import { askNode } from "#services/cli/ask-node.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import type { Config } from "#services/cli/read-config.ts";

/** Let a running node load a new wallet. @returns whether one answered */
export async function loadInNode(config: Config, name: string): Promise<boolean> {
  try {
    await askNode(config, { method: "loadwallet", params: [name] }, z.unknown());
    return true;
  } catch (cause) {
    // Without a node there is nothing to load into: its next start loads every wallet.
    if (cause instanceof CommandFailure && cause.exit === EXIT.unreachable) return false;
    throw cause;
  }
}

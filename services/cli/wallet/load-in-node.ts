import * as z from "zod";
import { askNode } from "#services/cli/ask-node.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import type { NodeCaller } from "#services/cli/node-client.ts";

/** Let a running node load a new wallet. @returns whether one answered before an interruption */
export async function loadInNode(caller: NodeCaller, name: string): Promise<boolean> {
  try {
    await askNode(caller, { method: "loadwallet", params: [name] }, z.unknown());
    return true;
  } catch (cause) {
    // The wallet is made, and its owner is to read that: a node's next start loads every wallet.
    if (caller.signal.aborted) return false;
    if (cause instanceof CommandFailure && cause.exit === EXIT.unreachable) return false;
    throw cause;
  }
}

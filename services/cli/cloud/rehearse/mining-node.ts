import * as z from "zod";
import { askRpc } from "#services/cli/cloud/ask-city.ts";
import type { LocalPeer } from "#services/cli/cloud/start-peer.ts";

/** A node that makes blocks when it is asked to, and tells its peers of them. */
export interface MiningNode {
  /** @returns hashes of the new blocks, oldest first */
  mine(count: number): Promise<readonly string[]>;
  /** Blocks that were made, on whatever branch. */
  made(): number;
  /** Leave a block and all that follows it. */
  invalidate(hash: string): Promise<void>;
  tip(): Promise<string>;
  /** MuHash of its unspent set. */
  setHash(): Promise<string>;
}

const HASH = z.string().regex(/^[0-9a-f]{64}$/);
export const SET = z.object({ bestblock: HASH, muhash: HASH });

/** The node over its JSON-RPC. */
export function createMiningNode({ rpcUrl, authorization }: LocalPeer): MiningNode {
  const ask = (method: string, ...params: readonly unknown[]) =>
    askRpc(rpcUrl, { method, params }, { authorization });
  let made = 0;
  return {
    async mine(count) {
      const hashes = z.array(HASH).parse(await ask("generate", count));
      made += hashes.length;
      return hashes;
    },
    made: () => made,
    invalidate: async (hash) => void (await ask("invalidateblock", hash)),
    tip: async () => HASH.parse(await ask("getbestblockhash")),
    setHash: async () => SET.parse(await ask("gettxoutsetinfo", "muhash")).muhash,
  };
}

import * as z from "zod";
import { askRpc } from "#services/cli/cloud/ask-city.ts";
import type { LocalPeer } from "#services/cli/cloud/start-peer.ts";

/** A node that makes blocks when it is asked to, and tells its peers of them. */
export interface MiningNode {
  /** @returns hashes of the new blocks, oldest first */
  mine(count: number): Promise<readonly string[]>;
  /** A block whose reward goes there. @returns its hash */
  mineTo(address: string): Promise<string>;
  /** Bytes of a block, in hex. */
  block(hash: string): Promise<string>;
  /** Identifiers of the transactions that wait for a block. */
  waiting(): Promise<readonly string[]>;
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
  const count = (answer: unknown) => {
    const hashes = z.array(HASH).parse(answer);
    made += hashes.length;
    return hashes;
  };
  return {
    mine: async (blocks) => count(await ask("generate", blocks)),
    mineTo: async (address) => count(await ask("generatetoaddress", 1, address))[0] ?? "",
    block: async (hash) => z.string().parse(await ask("getblock", hash, 0)),
    waiting: async () => z.array(HASH).parse(await ask("getrawmempool")),
    made: () => made,
    invalidate: async (hash) => void (await ask("invalidateblock", hash)),
    tip: async () => HASH.parse(await ask("getbestblockhash")),
    setHash: async () => SET.parse(await ask("gettxoutsetinfo", "muhash")).muhash,
  };
}

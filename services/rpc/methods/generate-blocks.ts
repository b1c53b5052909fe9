import * as z from "zod";
import type { CallContext } from "#services/rpc/json-rpc/call-context.ts";
import { RPC_CODES, type RpcError, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { Result } from "#shared/primitives/result.ts";

/** Blocks that one call may ask for. */
export const BLOCKS_PER_CALL = z.int().min(1).max(10_000);

/** What `generate` and `generatetoaddress` share. */
export async function generateBlocks(
  count: number,
  script: Uint8Array | undefined,
  { deps }: Pick<CallContext, "deps">,
): Promise<Result<HashHex[], RpcError>> {
  const { development } = deps.control;
  if (development === undefined) return refuse(RPC_CODES.unknownMethod, "Method not found");
  const hashes = await development.generate(count, script);
  if (hashes.length === 0) {
    return refuse(RPC_CODES.misc, "No block was made: the chain takes no proof of work here");
  }
  return { ok: true, value: hashes };
}

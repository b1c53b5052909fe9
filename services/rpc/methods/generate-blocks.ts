import * as z from "zod";
import type { CallContext } from "#services/rpc/json-rpc/call-context.ts";
import type { RpcError } from "#services/rpc/json-rpc/rpc-error.ts";
import { answerControl } from "#services/rpc/methods/answer-control.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { Result } from "#shared/primitives/result.ts";

/** Blocks that one call may ask for. */
export const BLOCKS_PER_CALL = z.int().min(1).max(10_000);

/** What `generate` and `generatetoaddress` share. */
export async function generateBlocks(
  count: number,
  script: Uint8Array | undefined,
  { deps }: Pick<CallContext, "deps">,
): Promise<Result<HashHex[] | null, RpcError>> {
  const { development } = deps.control;
  if (development === undefined) return answerControl<HashHex[]>(undefined);
  return answerControl(await development.generate(count, script ?? development.rewardScript));
}

import type { ControlOutcome } from "#services/rpc/deps.ts";
import { RPC_CODES, type RpcError, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import type { Result } from "#shared/primitives/result.ts";

/** What came of `invalidateblock` or `reconsiderblock`. */
export function answerControl(outcome: ControlOutcome | undefined): Result<null, RpcError> {
  switch (outcome) {
    case "done":
      return { ok: true, value: null };
    case "final block":
      return refuse(RPC_CODES.misc, "This block is final: no reorganisation reaches it");
    case "unknown block":
      return refuse(RPC_CODES.notFound, "Block not found");
    case undefined:
      return refuse(RPC_CODES.unknownMethod, "Method not found");
  }
}

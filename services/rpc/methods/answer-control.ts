import type { ControlRefusal } from "#services/rpc/deps.ts";
import { RPC_CODES, type RpcError, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import type { Result } from "#shared/primitives/result.ts";

/**
 * What came of a command to a development node; without a value, the answer is `null`.
 * @param outcome `undefined` where the network allows no such command
 */
export function answerControl<Value>(
  outcome: Result<Value, ControlRefusal> | undefined,
): Result<Value | null, RpcError> {
  if (outcome === undefined) return refuse(RPC_CODES.unknownMethod, "Method not found");
  if (outcome.ok) return { ok: true, value: outcome.value ?? null };
  const { code, message } = outcome.error;
  const number = code === "EXOS-E4041" ? RPC_CODES.notFound : RPC_CODES.misc;
  return { ok: false, error: { code: number, message, catalogue: code } };
}

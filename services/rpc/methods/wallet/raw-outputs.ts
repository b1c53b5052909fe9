import { parseHex } from "#services/rpc/json/hex.ts";
import { RPC_CODES, type RpcError, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { paymentTo } from "#services/rpc/methods/wallet/payment-options.ts";
import type { Network } from "#shared/consensus/params.ts";
import { amount } from "#shared/primitives/brand.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { TxOutput } from "#shared/primitives/transaction.ts";
import { dataScript } from "#shared/wallet/plan-payment.ts";

/** Longest push that a script takes. */
const DATA_BYTES_MAX = 520;

/** Outputs as Core takes them: objects of address and coins, or of `data` and hex. */
export function rawOutputs(
  given: readonly Readonly<Record<string, unknown>>[],
  network: Network,
): Result<TxOutput[], RpcError> {
  const outputs: TxOutput[] = [];
  const seen = new Set<string>();
  for (const [name, value] of given.flatMap((each) => Object.entries(each))) {
    if (seen.has(name)) {
      return refuse(RPC_CODES.parameter, `Invalid parameter, duplicated: ${name.slice(0, 100)}`);
    }
    seen.add(name);
    const output = name === "data" ? dataOutput(value) : paymentTo(name, value, network);
    if (!output.ok) return output;
    outputs.push(output.value);
  }
  return { ok: true, value: outputs };
}

function dataOutput(given: unknown): Result<TxOutput, RpcError> {
  const data = typeof given === "string" ? parseHex(given) : undefined;
  if (data === undefined || data.length === 0 || data.length > DATA_BYTES_MAX) {
    return refuse(RPC_CODES.parameter, "Data must be hexadecimal string");
  }
  return { ok: true, value: { value: amount(0n), scriptPubKey: dataScript(data) } };
}

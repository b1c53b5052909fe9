import * as z from "zod";
import type { CallContext } from "#services/rpc/json-rpc/call-context.ts";
import { defineMethod, type Method } from "#services/rpc/json-rpc/method.ts";
import {
  RPC_CODES,
  type RpcCode,
  type RpcError,
  refuse,
} from "#services/rpc/json-rpc/rpc-error.ts";
import type { Wallet, Wallets } from "#shared/ports/wallets.ts";
import type { ErrorCode } from "#shared/primitives/error-catalogue.ts";
import type { Refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";

export type Answer = Result<unknown, RpcError>;

/** Numbers of Bitcoin Core for the refusals of wallets; every other one is -4. */
const NUMBERS: Readonly<Partial<Record<ErrorCode, RpcCode>>> = {
  "EXOS-E4003": RPC_CODES.notFound,
  "EXOS-E4004": RPC_CODES.undecodable,
  "EXOS-E5001": RPC_CODES.unlockNeeded,
  "EXOS-E5002": RPC_CODES.wrongPassphrase,
  "EXOS-E5003": RPC_CODES.unlockNeeded,
  "EXOS-E5004": RPC_CODES.noSuchWallet,
  "EXOS-E5006": RPC_CODES.parameter,
  "EXOS-E5012": RPC_CODES.funds,
  "EXOS-E5014": RPC_CODES.parameter,
  "EXOS-E5020": RPC_CODES.parameter,
  "EXOS-E5021": RPC_CODES.refused,
  "EXOS-E5022": RPC_CODES.walletNotChosen,
};

/** A refusal under Core's number; that of the pool is its reject code alone. */
export function answerRefusal({ code, message, fields }: Refusal): Answer {
  const text = code === "EXOS-E5021" ? String(fields["code"] ?? message) : message;
  const error = { code: NUMBERS[code] ?? RPC_CODES.wallet, message: text, catalogue: code };
  return { ok: false, error };
}

/** What came of it, or the refusal. */
export function answerOf<Value>(
  result: Result<Value, Refusal>,
  value: (value: Value) => unknown,
): Answer {
  return result.ok ? { ok: true, value: value(result.value) } : answerRefusal(result.error);
}

/** The node's wallets; the server offers no method of theirs where there are none. */
export function walletsOf({ deps }: CallContext): Wallets {
  if (deps.wallets === undefined) throw new RangeError("a wallet's method without wallets");
  return deps.wallets;
}

/** What a method of one wallet is given. */
export interface WalletContext extends CallContext {
  readonly loaded: Wallet;
}

interface Definition<Shape extends z.ZodRawShape>
  extends Omit<Parameters<typeof defineMethod<Shape>>[0], "reach" | "run"> {
  readonly run: (
    parameters: z.output<z.ZodObject<Shape>>,
    context: WalletContext,
  ) => Answer | Promise<Answer>;
}

/** A method of the wallet that the path names, or of the only one. */
export function defineWalletMethod<Shape extends z.ZodRawShape>(
  definition: Definition<Shape>,
): Method {
  const { run, ...rest } = definition;
  return defineMethod<Shape>({
    ...rest,
    reach: "wallet",
    run(parameters, context) {
      const chosen = walletsOf(context).choose(context.wallet);
      if (!chosen.ok) return answerRefusal(chosen.error);
      return run(parameters, { ...context, loaded: chosen.value });
    },
  });
}

/** Coins as a number or as text; what they are is for `parseCoins`. */
export const COINS_PARAMETER = z.union([
  z.string(),
  z.number(),
  z.custom<object>((value) => JSON.isRawJSON(value)),
]);

/** A parameter of Core's that has no meaning here: taken with the value that says so. */
export function meaningless<Value extends boolean | number | string>(...values: Value[]) {
  return z
    .custom<Value>((given) => values.includes(given as Value), "has no meaning on this node")
    .optional();
}

/** The number that Core answers where an amount is none. */
export const badAmount = (): Answer => refuse(RPC_CODES.type, "Invalid amount");

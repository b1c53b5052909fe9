import * as z from "zod";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { callNode, type NodeCaller } from "#services/cli/node-client.ts";
import type { ErrorCode } from "#shared/primitives/error-catalogue.ts";

/** Which call, and of which wallet. */
export interface NodeQuestion {
  readonly method: string;
  readonly params?: unknown;
  /** Name of the loaded wallet that is meant; the only one unless given. */
  readonly wallet?: string | undefined;
}

const Failed = z.object({ error: z.nullish(z.object({ code: z.number(), message: z.string() })) });
const Result = z.object({ result: z.unknown() });

/** Rows of the catalogue and exit codes behind the numbers of JSON-RPC. */
const MEANINGS: Readonly<Record<number, readonly [ErrorCode, ExitCode]>> = {
  [-3]: ["EXOS-E4001", EXIT.usage],
  [-4]: ["EXOS-E5020", EXIT.refused],
  [-5]: ["EXOS-E4003", EXIT.notFound],
  [-6]: ["EXOS-E5012", EXIT.funds],
  [-8]: ["EXOS-E4001", EXIT.usage],
  [-13]: ["EXOS-E5001", EXIT.locked],
  [-14]: ["EXOS-E5002", EXIT.locked],
  [-18]: ["EXOS-E5004", EXIT.notFound],
  [-19]: ["EXOS-E5022", EXIT.usage],
  [-25]: ["EXOS-E5021", EXIT.refused],
  [-26]: ["EXOS-E5021", EXIT.refused],
  [-28]: ["EXOS-E2001", EXIT.notSynced],
};

/**
 * Ask the running node by JSON-RPC. Decimal numbers come as text, so that no float holds money.
 *
 * @throws CommandFailure with the exit code that goes with a refusal, 8 when no node answers
 */
export async function askNode<T>(
  caller: NodeCaller,
  { method, params = [], wallet }: NodeQuestion,
  shape: z.ZodType<T>,
): Promise<T> {
  const path = wallet === undefined ? "/" : `/wallet/${encodeURIComponent(wallet)}`;
  const body = JSON.stringify({ jsonrpc: "1.0", id: 1, method, params });
  const { status, text } = await callNode(caller, body, path);
  if (status === 401) {
    throw new CommandFailure("the node refused this login", { code: "EXOS-E4010" });
  }
  const answer: unknown = JSON.parse(text, exactly);
  const { error } = Failed.parse(answer);
  if (error !== null && error !== undefined) {
    const [code, exit] = MEANINGS[error.code] ?? ["EXOS-E4001", EXIT.failed];
    throw new CommandFailure(error.message, { code, exit });
  }
  return shape.parse(Result.parse(answer).result);
}

function exactly(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === "number" && source?.includes(".") === true ? source : value;
}

/** Coins as JSON-RPC prints them, digit by digit. */
export const COINS = z.union([z.string(), z.number().transform((coins) => `${coins}.00000000`)]);

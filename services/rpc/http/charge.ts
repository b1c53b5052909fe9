import type { Context } from "hono";
import type { RpcDeps } from "#services/rpc/deps.ts";
import { clientOf } from "#services/rpc/http/client-of.ts";
import type { ApiEnv } from "#services/rpc/http/finish.ts";
import { RATE_UNITS_MAX, RATE_UNITS_PER_SECOND } from "#services/rpc/http/rate-limit.ts";
import type { Refusal } from "#services/rpc/problems.ts";

/**
 * Take units from whoever asks.
 * @returns why it is refused: it has too few left
 * @source interfaces.md 1.3 "rate"
 */
export function charge(c: Context<ApiEnv>, units: number, deps: RpcDeps): Refusal | undefined {
  const client = deps.rate === undefined ? undefined : clientOf(c, deps);
  if (client === undefined) return undefined;
  const allowance = deps.rate?.take(client, units);
  if (allowance === undefined) return undefined;
  c.set("allowance", allowance);
  if (allowance.granted) return undefined;
  const { left, waitSeconds } = allowance;
  const detail =
    `This costs ${units} units and ${left} are left to you: ` +
    `${RATE_UNITS_PER_SECOND} come back each second, up to ${RATE_UNITS_MAX}`;
  return { code: "EXOS-E4290", detail, retryAfterSeconds: waitSeconds };
}

import type { Context } from "hono";
import type { RpcDeps } from "#services/rpc/deps.ts";
import type { ApiEnv } from "#services/rpc/http/finish.ts";
import { OPERATIONS_PATHS } from "#services/rpc/operations.ts";
import type { Refusal } from "#services/rpc/problems.ts";
import { reasonsAgainst } from "#services/rpc/views/readiness.ts";
import type { Reason } from "#shared/fleet/reason.ts";

/** For how long a city stays what it was found to be: well for longer than not. */
const WELL_MS = 10_000;
const UNWELL_MS = 1_000;
const RETRY_SECONDS = 10;

/** What tells of the city and its API, and not of the chain. */
const ANSWERED_ALWAYS = new Set<string>([
  ...OPERATIONS_PATHS,
  "/v1/health",
  "/v1/errors",
  "/v1/limits",
  "/v1/openapi.json",
]);

/** Lets requests in while a city may be relied on. */
export type ReadyDoor = (c: Context<ApiEnv>) => Promise<Refusal | undefined>;

/**
 * The door of a city that is not ready: 503 to whoever did not ask for this city by name, so that the
 * edge asks the next one; and to whoever did, and where there is no edge, the answer, with what is
 * wrong in `X-EXOS-Stale`.
 *
 * A tip that is merely old shuts nobody out: whether others have a newer one those see who ask all
 * cities, and they take this one out of rotation. Else a chain that stands still would silence all.
 *
 * @source interfaces.md 1.3 "behind or starting"; cloud.md 7.3, 10
 */
export function createReadyDoor(deps: RpcDeps): ReadyDoor {
  const { clock, access, city } = deps;
  let known: readonly Reason[] = [];
  let goodUntilMs = 0;
  let looking: Promise<void> | undefined;

  async function look(c: Context<ApiEnv>): Promise<void> {
    const reasons = await reasonsAgainst(c.get("session"), deps);
    known = reasons.filter(({ out }) => out);
    goodUntilMs = clock.elapsedMs() + (known.length === 0 ? WELL_MS : UNWELL_MS);
  }

  return async (c) => {
    if (c.req.method === "OPTIONS" || ANSWERED_ALWAYS.has(c.req.path)) return undefined;
    if (clock.elapsedMs() >= goodUntilMs) {
      looking ??= look(c).finally(() => {
        looking = undefined;
      });
      await looking;
    }
    if (known.length === 0) return undefined;
    const names = known.map(({ name }) => name).join(", ");
    c.set("stale", names);
    const isShut = known.some(({ name }) => name !== "stale");
    if (!isShut || access.door === undefined || c.env?.pinned === true) return undefined;
    const detail = `${city} is not ready: ${names}`;
    return { code: "EXOS-E2001", detail, retryAfterSeconds: RETRY_SECONDS, reasons: known };
  };
}

import type { Access } from "#services/rpc/deps.ts";
import { createEdgeDoor } from "#services/rpc/http/edge-door.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Secrets } from "#shared/ports/secrets.ts";

/**
 * Everybody's access to a city: no login, no private method, and only what came by the edge.
 * @param deps `secrets` hold the edge's keys; `undefined`: the door is open, for a city without an edge
 */
export function cityAccess({
  secrets,
  clock,
}: {
  readonly secrets: Secrets | undefined;
  readonly clock: Clock;
}): Access {
  return {
    kind: "city",
    ...(secrets === undefined ? {} : { door: createEdgeDoor({ secrets, clock }) }),
    logins: [],
    mayCall: () => true,
    hosts: [],
    origins: [],
    allowsAddress: () => true,
  };
}

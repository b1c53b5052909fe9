import type { OperationId } from "#services/rpc/routes/places.ts";
import type { Route } from "#services/rpc/routes/route.ts";
import { lazy } from "#shared/primitives/lazy.ts";

const loaded = lazy(async () => {
  const { ROUTES } = await import("#services/rpc/routes/all.ts");
  return new Map(ROUTES.map((route) => [route.operationId, route]));
});

/** A route of `/v1`. All of them are loaded when one is first asked for. */
export async function loadRoute(operationId: OperationId): Promise<Route> {
  const route = (await loaded()).get(operationId);
  if (route === undefined) throw new RangeError(`there is a place, and no route ${operationId}`);
  return route;
}

import { createApi } from "#services/rpc/core.ts";
import type { RpcDeps } from "#services/rpc/deps.ts";

type Api = Pick<ReturnType<typeof createApi>, "fetch">;

/** A path below `/c/<city>`; what follows keeps its slash. */
const PINNED = /^(https?:\/\/[^/]+)\/c\/([a-z]{3})(\/.*)?$/;

/**
 * One origin for several nodes: `/c/<city>/…` is every path of that city's own, all else the first
 * node's. @source interfaces.md 1.1
 */
export function createCityRouter(deps: RpcDeps, cities: ReadonlyMap<string, RpcDeps>): Api {
  const own = createApi(deps);
  if (cities.size === 0) return own;
  const apis = new Map(
    [...cities].map(([city, its]) => [city, its === deps ? own : createApi(its)]),
  );
  return {
    fetch(request, environment) {
      const [, origin, city = "", path = "/"] = PINNED.exec(request.url) ?? [];
      const api = apis.get(city);
      if (api === undefined || origin === undefined) return own.fetch(request, environment);
      // Of the environment both ways in, a socket and a function, hand over an object or nothing.
      const pinned = { ...(environment as object | undefined), pinned: true };
      return api.fetch(new Request(`${origin}${path}`, request), pinned);
    },
  };
}

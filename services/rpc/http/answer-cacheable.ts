import type { Context } from "hono";
import { bodyOf } from "#services/rpc/http/body-of.ts";
import { type CacheClass, cacheControl } from "#services/rpc/http/cache-class.ts";
import { entityTag, isUnchanged } from "#services/rpc/http/entity-tag.ts";
import type { ApiEnv } from "#services/rpc/http/finish.ts";

/** JSON text with what a cache needs to know, or 304 where the caller has it already. */
export function answerCacheable(c: Context<ApiEnv>, body: string, cache: CacheClass): Response {
  const etag = entityTag(body);
  const headers = { etag, "cache-control": cacheControl(cache) };
  if (isUnchanged(c.req.header("if-none-match") ?? null, etag)) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(bodyOf(body), {
    headers: { ...headers, "content-type": "application/json" },
  });
}

import type { RouteConfig } from "@hono/zod-openapi";
import * as z from "zod";
import type { RpcDeps, Stores } from "#services/rpc/deps.ts";
import type { CacheClass } from "#services/rpc/http/cache-class.ts";
import { type Refusal, refused } from "#services/rpc/problems.ts";
import { type OperationId, PLACES, type Place } from "#services/rpc/routes/places.ts";
import { PROBLEM_SCHEMA } from "#services/rpc/routes/schemas.ts";
import type { Session } from "#services/rpc/session.ts";
import type { Chain } from "#services/rpc/views/chain.ts";
import type { IndexPoint } from "#shared/ports/address-index.ts";
import { ERROR_CATALOGUE, type ErrorCode } from "#shared/primitives/error-catalogue.ts";
import { lazy } from "#shared/primitives/lazy.ts";
import type { Result } from "#shared/primitives/result.ts";

/** What a handler may use. */
export interface RouteContext {
  readonly deps: RpcDeps;
  readonly stores: Stores;
  /** The chain at the one tip this answer names. */
  readonly chain: Chain;
}

/** A value in the shape that the route declares, and how long it stays true. */
export interface Answered<Value> {
  readonly value: Value;
  readonly cache: CacheClass;
  /** The block the answer speaks of, where the index knows less than the chain. */
  readonly at?: IndexPoint;
}

interface Definition<
  Params extends z.ZodRawShape,
  Query extends z.ZodRawShape,
  Answer extends z.ZodType,
> {
  /** Its place. A POST has its `query` in the body, as one JSON object. */
  readonly operationId: OperationId;
  readonly tag: "node" | "chain" | "transactions" | "addresses" | "fleet" | "staking" | "service";
  readonly summary: string;
  /** Units of the public allowance. @source interfaces.md 1.3 */
  readonly cost: 1 | 2 | 5 | 10 | 20;
  /** Whether its body brings a transaction, and may be as long as one. */
  readonly takesTransaction?: true;
  readonly params: Params;
  readonly query: Query;
  readonly answer: Answer;
  /** Beside those that every route may answer. */
  readonly problems: readonly ErrorCode[];
  readonly run: (
    input: z.output<z.ZodObject<Params>> & z.output<z.ZodObject<Query>>,
    context: RouteContext,
  ) => Promise<Result<Answered<z.output<Answer>>, Refusal>>;
}

/** One route of `/v1`: where it is, how it is described, and what it does. */
export interface Route {
  readonly operationId: OperationId;
  readonly method: "get" | "post";
  /** Units of the public allowance. */
  readonly cost: number;
  readonly takesTransaction: boolean;
  readonly reach: "public" | "local";
  readonly path: string;
  /** Its part of the OpenAPI document. */
  config(): RouteConfig;
  /** Path and query of a request as text, or the body of a POST; a refusal names every bad one. */
  answer(
    raw: { readonly params: object; readonly query: object },
    session: Session,
    deps: RpcDeps,
  ): Promise<Result<Answered<unknown>, Refusal>>;
}

/** What any route may answer instead: refused at the door, too slow, not ready, or failed. */
const EVERYWHERE: readonly ErrorCode[] = [
  "EXOS-E4031",
  "EXOS-E4080",
  "EXOS-E4140",
  "EXOS-E4290",
  "EXOS-E4310",
  "EXOS-E9001",
  "EXOS-E1000",
  "EXOS-E1004",
  "EXOS-E1009",
  "EXOS-E2001",
];

export function defineRoute<
  Params extends z.ZodRawShape,
  Query extends z.ZodRawShape,
  Answer extends z.ZodType,
>(definition: Definition<Params, Query, Answer>): Route {
  const input = lazy(() => z.object({ ...definition.params, ...definition.query }));

  async function answer(
    raw: { readonly params: object; readonly query: object },
    session: Session,
    deps: RpcDeps,
  ): Promise<Result<Answered<unknown>, Refusal>> {
    const { stores } = session;
    if (stores === undefined) return notReady(deps);
    const parsed = input().safeParse({ ...raw.query, ...raw.params });
    if (!parsed.success) return badParameters(parsed.error);
    const context = { deps, stores, chain: await session.chain() };
    // The parsed object has exactly the members of both shapes, which TypeScript cannot add up.
    const given = parsed.data as z.output<z.ZodObject<Params>> & z.output<z.ZodObject<Query>>;
    return await definition.run(given, context);
  }
  const { operationId, cost, takesTransaction = false } = definition;
  const { method, path, reach }: Place = PLACES[operationId];
  const config = () => openApiOf(definition);
  return {
    ...{ operationId, method, cost, takesTransaction, path, config, answer },
    reach: reach ?? "public",
  };
}

function notReady(deps: RpcDeps): Result<never, Refusal> {
  const { phase, progress, etaSeconds } = deps.state();
  return refused("EXOS-E2001", `The node is ${phase}, ${Math.floor(progress * 100)} % done`, {
    retryAfterSeconds: Math.min(60, Math.max(1, Math.ceil(etaSeconds ?? 1))),
  });
}

function badParameters(error: z.ZodError): Result<never, Refusal> {
  const errors = error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  const names = errors.map(({ path }) => path).join(", ");
  return refused("EXOS-E4001", `Not usable: ${names}`, { errors });
}

function openApiOf(
  definition: Omit<Definition<z.ZodRawShape, z.ZodRawShape, z.ZodType>, "run">,
): RouteConfig {
  const { operationId, tag, summary, cost, params, query, answer } = definition;
  const { method, path, reach }: Place = PLACES[operationId];
  const takesInput = Object.keys({ ...params, ...query }).length > 0;
  const isPost = method === "post";
  const own: ErrorCode[] = [
    ...(reach === "local" ? (["EXOS-E4010"] as const) : []),
    ...(takesInput ? (["EXOS-E4001"] as const) : []),
    ...(isPost ? (["EXOS-E4000", "EXOS-E4002", "EXOS-E4130"] as const) : []),
  ];
  const codes = [...new Set([...own, ...definition.problems, ...EVERYWHERE])];
  return {
    method,
    path,
    operationId,
    tags: [tag],
    summary,
    request: {
      ...(Object.keys(params).length === 0 ? {} : { params: z.object(params) }),
      ...(isPost || Object.keys(query).length === 0 ? {} : { query: z.object(query) }),
      ...(isPost ? { body: bodyOf(query) } : {}),
    },
    responses: {
      200: { description: "The answer", content: { "application/json": { schema: answer } } },
      ...problemResponses(codes),
    },
    "x-exos-tier": 1,
    "x-exos-cost": cost,
    "x-exos-auth": reach === "local" ? "login" : "none",
    "x-exos-placement": reach === "local" ? "local" : "all",
    "x-exos-problems": codes,
  } as RouteConfig;
}

function bodyOf(shape: z.ZodRawShape) {
  return { required: true, content: { "application/json": { schema: z.object(shape) } } };
}

function problemResponses(codes: readonly ErrorCode[]): RouteConfig["responses"] {
  const byStatus = Map.groupBy(codes, (code) => ERROR_CATALOGUE[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      {
        description: group.map((code) => `${code} ${ERROR_CATALOGUE[code].title}`).join("; "),
        content: { "application/problem+json": { schema: PROBLEM_SCHEMA } },
      },
    ]),
  );
}

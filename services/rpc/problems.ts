import type { Reason } from "#shared/fleet/reason.ts";
import { ERROR_CATALOGUE, type ErrorCode } from "#shared/primitives/error-catalogue.ts";

/** Characters of the path that a problem repeats: a longer one is the caller's own noise. */
const INSTANCE_MAX = 256;

/** Why a request is not answered, before it becomes a document of any dialect. */
export interface Refusal {
  readonly code: ErrorCode;
  /** What happened this time: names the parameter, limit or block. */
  readonly detail: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly retryAfterSeconds?: number;
  /** Where to go on instead. */
  readonly link?: string;
  /** What is wrong with a city that does not answer. */
  readonly reasons?: readonly Reason[];
}

/** The body of a refused request. @source RFC 9457; interfaces.md 3.1 */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly instance: string;
  readonly hint: string;
  readonly retryAfter?: number;
  readonly link?: string;
  readonly reasons?: readonly Reason[];
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** @param instance path of the request; cut after 256 characters */
export function problemOf(refusal: Refusal, instance: string): Problem {
  const row = ERROR_CATALOGUE[refusal.code];
  return {
    type: `/v1/errors#${refusal.code}`,
    title: row.title,
    status: row.status,
    code: refusal.code,
    detail: refusal.detail,
    instance: instance.length > INSTANCE_MAX ? `${instance.slice(0, INSTANCE_MAX)}…` : instance,
    hint: row.hint,
    ...(refusal.retryAfterSeconds === undefined ? {} : { retryAfter: refusal.retryAfterSeconds }),
    ...(refusal.link === undefined ? {} : { link: refusal.link }),
    ...(refusal.reasons === undefined ? {} : { reasons: refusal.reasons }),
    ...(refusal.errors === undefined ? {} : { errors: refusal.errors }),
  };
}

/** The answer of every dialect that has no error form of its own. */
export function problemResponse(refusal: Refusal, instance: string): Response {
  const problem = problemOf(refusal, instance);
  const headers = new Headers({
    "content-type": "application/problem+json",
    "x-exos-error": refusal.code,
    "cache-control": "no-store",
  });
  if (problem.retryAfter !== undefined) headers.set("retry-after", String(problem.retryAfter));
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

/** A refusal as a value that a handler returns. */
export function refused(
  code: ErrorCode,
  detail: string,
  more: Omit<Refusal, "code" | "detail"> = {},
): { readonly ok: false; readonly error: Refusal } {
  return { ok: false, error: { code, detail, ...more } };
}

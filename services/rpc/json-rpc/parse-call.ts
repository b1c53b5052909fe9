import { RPC_CODES, type RpcError, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import type { Result } from "#shared/primitives/result.ts";

export type RpcVersion = "1.0" | "2.0";

/** One call out of a request, before its method is looked up. */
export interface Call {
  readonly version: RpcVersion;
  /** Echoed as it came; `undefined` in a notification, which 2.0 alone knows. */
  readonly id: unknown;
  readonly method: string;
  readonly parameters: unknown;
}

/** A call that cannot be run still answers under the id it names, in the version it names. */
export interface BadCall {
  readonly version: RpcVersion;
  readonly id: unknown;
  readonly error: RpcError;
}

/** @source JSON-RPC 1.0, 2.0; Bitcoin Core rpc/request.cpp JSONRPCRequest::parse */
export function parseCall(value: unknown): Result<Call, BadCall> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return bad({ version: "1.0", id: null }, "Invalid Request object");
  }
  const member = (name: string): unknown =>
    Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
  const version = parseVersion(member("jsonrpc"));
  const id = member("id");
  const echo = { version: version ?? "1.0", id: id === undefined ? null : id };

  if (version === undefined) return bad(echo, "JSON-RPC version not supported");
  if (version === "2.0" && !isStrictId(id)) {
    return bad({ version, id: null }, "Id must be a string, a number or null");
  }
  const method = member("method");
  if (method === undefined) return bad(echo, "Missing method");
  if (typeof method !== "string") return bad(echo, "Method must be a string");
  const called = version === "2.0" ? id : echo.id;
  return { ok: true, value: { version, id: called, method, parameters: member("params") } };
}

function bad(echo: Pick<BadCall, "version" | "id">, message: string): Result<never, BadCall> {
  const { error } = refuse(RPC_CODES.invalidRequest, message);
  return { ok: false, error: { ...echo, error } };
}

/** Clients of 1.0 leave the member out, or send it as text or as a number. */
function parseVersion(value: unknown): RpcVersion | undefined {
  if (value === undefined || value === null || value === "1.0" || value === 1) return "1.0";
  return value === "2.0" ? "2.0" : undefined;
}

function isStrictId(id: unknown): boolean {
  const kind = typeof id;
  if (id === undefined || id === null || JSON.isRawJSON(id)) return true;
  return kind === "string" || kind === "number";
}

import type { RpcNode } from "./rpc-node.ts";
import { COOKIE } from "./rpc-node.ts";

/** Where every request of a test goes to. */
export const ORIGIN = "http://127.0.0.1:39122";

/** An answer with its text, and what is needed of it as JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed, numbers as doubles. */
  readonly json: Record<string, unknown>;
}

export type Send = (path: string, init?: RequestInit) => Promise<Answer>;

/** Requests to a node, without a socket, from this machine. @param peer another one's address */
export function clientOf(node: RpcNode, surface: "http" | "rpc" = "http", peer?: string): Send {
  const api = node.api(surface);
  return async (path, init = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has("host")) headers.set("host", "127.0.0.1:39122");
    const from = peer === undefined ? {} : { peer };
    return read(await api.request(`${ORIGIN}${path}`, { ...init, headers }, from));
  };
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true && text !== "";
  // Tests say which members they expect.
  const json = (isJson ? JSON.parse(text) : {}) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, text, json };
}

/** Send a body to JSON-RPC with the login of the cookie. */
export function post(send: Send, body: string | Uint8Array<ArrayBuffer>): Promise<Answer> {
  return send("/", { method: "POST", headers: { authorization: COOKIE }, body });
}

/** One call of JSON-RPC 1.0. */
export function call(send: Send, method: string, params: unknown = []): Promise<Answer> {
  return post(send, JSON.stringify({ method, params, id: "t" }));
}

/** Its result. @throws when the call answered an error */
export async function result<T>(send: Send, method: string, params: unknown = []): Promise<T> {
  const { json, text } = await call(send, method, params);
  if (json["error"] !== null) throw new RangeError(`${method}: ${text}`);
  // The test names the shape it asks for.
  return json["result"] as T;
}

/** Number of the error of a call; `undefined` when it had none. */
export function errorCode({ json }: Answer): unknown {
  const error = json["error"];
  return typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
}

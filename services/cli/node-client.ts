import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import type { Config } from "#services/cli/read-config.ts";

/** Longest a running node may take to answer a command, in milliseconds. */
const ANSWER_MS_MAX = 60_000;

/** Which node is asked, and what ends the waiting for its answer. */
export type NodeCaller = Pick<CommandContext, "config" | "signal">;

/** An answer as it came: amounts are exact only in the text. */
export interface NodeAnswer {
  readonly status: number;
  readonly text: string;
}

export function httpUrl(config: Config): string {
  const port = config.integer("httpport") ?? config.network.ports.http;
  return `http://${config.text("httpbind") ?? "127.0.0.1"}:${port}`;
}

export function rpcUrl(config: Config): string {
  const port = config.integer("rpcport") ?? config.network.ports.rpc;
  return `http://${config.text("rpcbind") ?? "127.0.0.1"}:${port}`;
}

/** Faults of a connection that was never made. */
const NOT_CONNECTED = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"];

/** Whether a call reached no node at all: only then may it be sent again without being done twice. */
export function isUnsent(thrown: unknown): boolean {
  if (!(thrown instanceof CommandFailure) || thrown.exit !== EXIT.unreachable) return false;
  // `fetch` says in the cause of its fault what became of the connection; without a cookie there is none.
  const { cause } = thrown;
  const reason = cause instanceof Error ? cause.cause : undefined;
  if (cause === undefined) return true;
  return reason instanceof Error && "code" in reason && NOT_CONNECTED.includes(String(reason.code));
}

/**
 * @throws CommandFailure with exit code 8 when no node answers there
 * @throws the caller's reason when it is aborted
 */
async function request(url: string, init: RequestInit, stop: AbortSignal): Promise<NodeAnswer> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(ANSWER_MS_MAX)]);
  try {
    const answer = await fetch(url, { ...init, signal });
    return { status: answer.status, text: await answer.text() };
  } catch (cause) {
    stop.throwIfAborted();
    const isLate = cause instanceof Error && cause.name === "TimeoutError";
    const message = isLate
      ? `no answer from ${url} in ${ANSWER_MS_MAX / 1_000} s: it may be at work on it still`
      : `no node answers at ${url}: is it running, on this network and port?`;
    throw new CommandFailure(message, {
      code: "EXOS-E2013",
      exit: EXIT.unreachable,
      cause,
    });
  }
}

/** Read a path of the running node's HTTP API. */
export function getFromNode({ config, signal }: NodeCaller, path: string): Promise<NodeAnswer> {
  return request(`${httpUrl(config)}${path}`, { headers: { accept: "application/json" } }, signal);
}

/**
 * Read a path of the running node's HTTP API as a document of this shape.
 * @throws CommandFailure when the node has another answer to give
 */
export async function readFromNode<T>(
  caller: NodeCaller,
  path: string,
  shape: z.ZodType<T>,
): Promise<T> {
  const { status, text } = await getFromNode(caller, path);
  const parsed = shape.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new CommandFailure(`the node answered ${status}: ${text.slice(0, 200)}`, {
    code: "EXOS-E2001",
    exit: EXIT.notSynced,
  });
}

function authorizationOf(config: Config): string {
  const user = config.text("rpcuser");
  const password = config.text("rpcpassword");
  const login =
    user !== undefined && password !== undefined ? `${user}:${password}` : cookie(config);
  return `Basic ${Buffer.from(login).toString("base64")}`;
}

/** Send a document to a path of the running node's HTTP API, with the login of its cookie file. */
export function postToNode(
  { config, signal }: NodeCaller,
  path: string,
  document: object,
): Promise<NodeAnswer> {
  const init = {
    method: "POST",
    headers: {
      authorization: authorizationOf(config),
      accept: "application/json",
      "content-type": "application/json",
    },
    body: JSON.stringify(document),
  };
  return request(`${httpUrl(config)}${path}`, init, signal);
}

/**
 * Send one JSON-RPC body to the running node, with the login of its cookie file.
 * @param path of the wallet that is meant; `/` for none
 */
export function callNode(
  { config, signal }: NodeCaller,
  body: string,
  path = "/",
): Promise<NodeAnswer> {
  const authorization = authorizationOf(config);
  const headers = { authorization, "content-type": "application/json" };
  return request(`${rpcUrl(config)}${path}`, { method: "POST", headers, body }, signal);
}

const Answer = z.object({
  result: z.unknown(),
  error: z.nullish(z.object({ code: z.number(), message: z.string() })),
});

/**
 * What a JSON-RPC method without parameters answers, in this shape. Not for amounts.
 * @throws CommandFailure when the node refuses, or has another answer to give
 */
export async function readResult<T>(
  caller: NodeCaller,
  method: string,
  shape: z.ZodType<T>,
): Promise<T> {
  const { status, text } = await callNode(caller, JSON.stringify({ method, id: 1 }));
  const answer = Answer.safeParse(parseJson(text));
  const parsed = shape.safeParse(answer.data?.result);
  if (parsed.success) return parsed.data;
  const why = answer.data?.error?.message ?? text.slice(0, 200);
  throw new CommandFailure(`the node answered ${status} to ${method}: ${why}`, {
    code: status === 401 ? "EXOS-E4010" : "EXOS-E2001",
    exit: EXIT.failed,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says what came instead.
    return undefined;
  }
}

function cookie({ datadir, network }: Config): string {
  const path = join(datadir, network.name, ".cookie");
  if (!existsSync(path)) {
    throw new CommandFailure(`no node runs on ${network.name}: ${path} is missing`, {
      code: "EXOS-E2013",
      exit: EXIT.unreachable,
    });
  }
  return readFileSync(path, "utf8").trim();
}

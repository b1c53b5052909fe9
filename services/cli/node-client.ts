import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import type { Config } from "#services/cli/read-config.ts";

/** Longest a running node may take to answer a command, in milliseconds. */
const ANSWER_MS_MAX = 60_000;

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

/** @throws CommandFailure with exit code 8 when no node answers there */
async function request(url: string, init: RequestInit): Promise<NodeAnswer> {
  try {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    return { status: answer.status, text: await answer.text() };
  } catch (cause) {
    const hint = "is it running, on this network and port?";
    throw new CommandFailure(`no node answers at ${url}: ${hint}`, {
      code: "EXOS-E2013",
      exit: EXIT.unreachable,
      cause,
    });
  }
}

/** Read a path of the running node's HTTP API. */
export function getFromNode(config: Config, path: string): Promise<NodeAnswer> {
  return request(`${httpUrl(config)}${path}`, { headers: { accept: "application/json" } });
}

/**
 * Read a path of the running node's HTTP API as a document of this shape.
 * @throws CommandFailure when the node has another answer to give
 */
export async function readFromNode<T>(
  config: Config,
  path: string,
  shape: z.ZodType<T>,
): Promise<T> {
  const { status, text } = await getFromNode(config, path);
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
export function postToNode(config: Config, path: string, document: object): Promise<NodeAnswer> {
  return request(`${httpUrl(config)}${path}`, {
    method: "POST",
    headers: {
      authorization: authorizationOf(config),
      accept: "application/json",
      "content-type": "application/json",
    },
    body: JSON.stringify(document),
  });
}

/**
 * Send one JSON-RPC body to the running node, with the login of its cookie file.
 * @param path of the wallet that is meant; `/` for none
 */
export function callNode(config: Config, body: string, path = "/"): Promise<NodeAnswer> {
  const authorization = authorizationOf(config);
  return request(`${rpcUrl(config)}${path}`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body,
  });
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
  config: Config,
  method: string,
  shape: z.ZodType<T>,
): Promise<T> {
  const { status, text } = await callNode(config, JSON.stringify({ method, id: 1 }));
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

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { LambdaFunctionURLResult } from "aws-lambda";
import { FunctionThrottled } from "#services/cli/cloud/drive/function-pool.ts";
import type { AnswerReader } from "#services/cli/cloud/drive/function-process.ts";
import { plainAnswerOf, urlEvent } from "#services/cli/cloud/drive/url-event.ts";

/** The driven functions that somebody may call. */
export interface CallableFunction {
  /** Whole, such as `exos-local-loc-rpc`. */
  readonly name: string;
  /** Its place in URLs, such as `rpc`; `undefined` where it has no URL. */
  readonly place: string | undefined;
  /** @param reader of an answer that is streamed; such a run returns nothing */
  run(event: unknown, reader?: AnswerReader): Promise<unknown>;
}

/** A server on the loopback. Dispose of it to close it. */
export interface CallDoor extends AsyncDisposable {
  /** Without a slash at its end; a function with a URL is below it by its place. */
  readonly url: string;
}

/** Lambda's own way to call a function by its name. @source AWS Lambda API, Invoke */
const INVOKE = /^\/2015-03-31\/functions\/([\w-]+)\/invocations$/;
/** Of one event. @source AWS Lambda quotas */
const BODY_BYTES_MAX = 6_291_456;
const HOST = "127.0.0.1";

function send(response: ServerResponse, status: number, said: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(said));
}

/** @returns `undefined` for one that is longer than an event may be */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > BODY_BYTES_MAX) return undefined;
  const body = await buffer(request);
  return body.length > BODY_BYTES_MAX ? undefined : body;
}

async function invoke(
  { run }: CallableFunction,
  body: Uint8Array,
  response: ServerResponse,
): Promise<void> {
  const event: unknown = body.length === 0 ? {} : JSON.parse(Buffer.from(body).toString());
  try {
    send(response, 200, (await run(event)) ?? null);
  } catch (cause) {
    if (cause instanceof FunctionThrottled) {
      response.setHeader("x-amzn-errortype", "TooManyRequestsException");
      return send(response, 429, { message: cause.message });
    }
    response.setHeader("x-amz-function-error", "Unhandled");
    send(response, 200, { errorMessage: String(cause) });
  }
}

/** Writes an answer as it comes; what a slow reader leaves waits here, ten megabytes at most. */
function readerFor(response: ServerResponse): AnswerReader {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  return {
    gone: gone.signal,
    onHead: ({ statusCode, headers, cookies }) => {
      response.writeHead(statusCode, {
        ...headers,
        ...(cookies.length > 0 && { "set-cookie": cookies }),
      });
    },
    onPiece: (piece) => void response.write(piece),
  };
}

async function call(
  { run }: CallableFunction,
  event: unknown,
  response: ServerResponse,
): Promise<void> {
  try {
    const said = await run(event, readerFor(response));
    if (said === undefined) return void response.end();
    // What the handler of a function with a URL returns.
    const { status, headers, body } = plainAnswerOf(said as LambdaFunctionURLResult);
    response.writeHead(status, { ...headers }).end(body);
  } catch (cause) {
    // Whoever read the beginning must not take it for the whole.
    if (response.headersSent) response.destroy();
    else send(response, cause instanceof FunctionThrottled ? 429 : 502, { message: String(cause) });
  }
}

async function answer(
  functions: readonly CallableFunction[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url ?? "/";
  const [, name] = INVOKE.exec(path) ?? [];
  const [, place = "", rest = "/"] = /^\/([\w-]+)(.*)$/s.exec(path) ?? [];
  const called = functions.find((one) => one.name === name || one.place === place);
  if (called === undefined) return send(response, 404, { message: `no function answers ${path}` });
  const body = await bodyOf(request);
  if (body === undefined) return send(response, 413, { message: "longer than 6 MiB" });
  if (name !== undefined) return invoke(called, body, response);
  return call(called, urlEvent(request, rest === "" ? "/" : rest, body), response);
}

/** Listen for calls of functions, by URL and by name. */
export async function openCallDoor(functions: readonly CallableFunction[]): Promise<CallDoor> {
  const server = createServer((request, response) => {
    answer(functions, request, response).catch((cause: unknown) => {
      if (!response.headersSent) send(response, 400, { message: String(cause) });
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, HOST, resolve);
  });
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

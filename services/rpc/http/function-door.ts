import type { Writable } from "node:stream";
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from "aws-lambda";
import type { Traces } from "#shared/ports/traces.ts";
import { type AnswerHead, bufferedAnswerOf, headOf, requestOf } from "./function-url.ts";

/** What Lambda's runtime offers where answers are streamed; absent elsewhere. */
export interface StreamingRuntime {
  streamifyResponse(handler: StreamingHandler): unknown;
  readonly HttpResponseStream: {
    from(stream: Writable, head: AnswerHead): Writable;
  };
}

/**
 * Lambda's own stream, where this process runs under it: the SDK leaves an empty object there.
 *
 * @param answers `whole` where whoever calls the function hands on nothing before its end
 */
export function runtimeOf(scope: object, answers?: string): StreamingRuntime | undefined {
  if (answers === "whole") return undefined;
  const found: unknown = Reflect.get(scope, "awslambda");
  const streams = typeof found === "object" && found !== null && "streamifyResponse" in found;
  // Only Lambda itself puts that function there, and the stream beside it.
  return streams ? (found as StreamingRuntime) : undefined;
}

export type StreamingHandler = (event: LambdaFunctionURLEvent, stream: Writable) => Promise<void>;

export type BufferedHandler = (event: LambdaFunctionURLEvent) => Promise<LambdaFunctionURLResult>;

interface Answering {
  fetch(request: Request, caller: { readonly peer: string }): Response | Promise<Response>;
}

/** Whoever called the URL: the edge, or, where the door is open, whoever asks. */
function callerOf({ requestContext }: LambdaFunctionURLEvent): { readonly peer: string } {
  return { peer: requestContext.http.sourceIp };
}

/** Answer in pieces as they come. @param traces told before the function may be frozen */
export function streamingHandler(
  api: Answering,
  runtime: StreamingRuntime,
  traces?: Traces,
): StreamingHandler {
  return async (event, stream) => {
    try {
      const response = await api.fetch(requestOf(event), callerOf(event));
      const out = runtime.HttpResponseStream.from(stream, headOf(response));
      await writeBody(response, out);
    } finally {
      await traces?.flush();
    }
  };
}

/** Answer in one piece: what runs a function without Lambda's own stream. @param traces as above */
export function bufferedHandler(api: Answering, traces?: Traces): BufferedHandler {
  return async (event) => {
    try {
      const answer = await api.fetch(requestOf(event), callerOf(event));
      return await bufferedAnswerOf(answer, event.rawPath.slice(0, 256));
    } finally {
      await traces?.flush();
    }
  };
}

/** Write a body no faster than its reader takes it, and end. @throws what the stream failed with */
export async function writeBody({ body }: Response, out: Writable): Promise<void> {
  // A write that fails is told to whoever wrote, and as an event that ends the process unheard.
  out.on("error", () => undefined);
  // The head travels with the first piece, so there has to be one.
  if (body === null) out.write("");
  else for await (const piece of body) await settled(out, (done) => out.write(piece, done));
  await settled(out, (done) => out.end(done));
}

type Settle = (fault?: Error | null) => void;

/** Resolves once the stream has taken what is begun; rejects also where only its event says why. */
function settled(out: Writable, begin: (done: Settle) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const done: Settle = (fault) => {
      out.off("error", done);
      if (fault) reject(fault);
      else resolve();
    };
    out.once("error", done);
    begin(done);
  });
}

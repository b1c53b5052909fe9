import { Writable } from "node:stream";
import type { CallAnswer, StreamHead } from "#services/cli/cloud/drive/function-call.ts";

/** As Lambda has it for whoever streams and says nothing else. */
const PLAIN: StreamHead = {
  statusCode: 200,
  headers: { "content-type": "application/octet-stream" },
  cookies: [],
};
const heads = new WeakMap<Writable, Partial<StreamHead>>();
const streaming = new WeakSet<object>();

type Handler = (event: unknown, context: object) => unknown;
type StreamingHandler = (event: unknown, stream: Writable, context: object) => Promise<unknown>;

/**
 * What Lambda's runtime puts in front of a function, so that its answers can be streamed.
 *
 * @source AWS Lambda, "Response streaming for Lambda functions"
 */
export const AWSLAMBDA = {
  streamifyResponse(handler: StreamingHandler): StreamingHandler {
    streaming.add(handler);
    return handler;
  },
  HttpResponseStream: {
    /** The head travels with the first piece. */
    from(stream: Writable, head: Partial<StreamHead>): Writable {
      heads.set(stream, head);
      return stream;
    },
  },
} as const;

/** Whether a handler streams what it answers. */
export function isStreaming(handler: Handler | StreamingHandler): handler is StreamingHandler {
  return streaming.has(handler);
}

/** Where such a handler writes to. @param say resolves once it is on its way */
export function openAnswerStream(say: (said: CallAnswer) => Promise<void>): Writable {
  let isHeadSaid = false;
  const sayHead = async (): Promise<void> => {
    if (isHeadSaid) return;
    isHeadSaid = true;
    await say({ head: { ...PLAIN, ...heads.get(stream) } });
  };
  const stream = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      sayHead()
        .then(() => say({ piece: Buffer.from(chunk).toString("base64") }))
        .then(() => done(), done);
    },
    final(done) {
      sayHead().then(() => done(), done);
    },
  });
  // Whoever writes to it hears of it where it writes.
  stream.on("error", () => undefined);
  return stream;
}

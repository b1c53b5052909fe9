#!/usr/local/bin/node
/**
 * What LocalStack starts in the container of a function, where its own is not at hand: loads the
 * function, says that it is ready, and runs it for each call. The protocol is that of LocalStack's
 * executor, 4.14.0; answers are given in one piece.
 * @module
 */
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const {
  LOCALSTACK_RUNTIME_ENDPOINT: upstream = "",
  LOCALSTACK_RUNTIME_ID: id = "",
  LOCALSTACK_INTEROP_PORT: port = "9563",
  LAMBDA_TASK_ROOT: root = "/var/task",
  _HANDLER: named = "lambda.handler",
  AWS_LAMBDA_FUNCTION_NAME: functionName = "",
  AWS_LAMBDA_FUNCTION_TIMEOUT: timeoutSeconds = "3",
  // The entry of this program.
  // biome-ignore lint/style/noProcessEnv: see above
} = process.env;
const TIMEOUT_MS = Number(timeoutSeconds) * 1_000;

/** @param {string} path @param {unknown} said */
async function tell(path, said) {
  const headers = { "content-type": "application/json" };
  await fetch(`${upstream}${path}`, { method: "POST", headers, body: JSON.stringify(said) });
}

/** As Lambda tells of one. @param {unknown} cause */
function failureOf(cause) {
  const { name, message, stack = "" } = cause instanceof Error ? cause : new Error(String(cause));
  return { errorType: name, errorMessage: message, trace: stack.split("\n") };
}

/** What the function writes while it runs belongs to its log. */
let written = "";
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream);
  stream.write = (piece, ...rest) => {
    written += typeof piece === "string" ? piece : Buffer.from(piece).toString();
    return write(piece, ...rest);
  };
}

/**
 * The log is never empty: without one, LocalStack asks for all that the container ever said, and
 * answers nobody until then.
 * @param {string} request @param {number} tookMs
 */
async function tellLog(request, tookMs) {
  const [start, end] = ["START", "END"].map((word) => `${word} RequestId: ${request}`);
  const report = `REPORT RequestId: ${request}\tDuration: ${tookMs.toFixed(2)} ms`;
  const logs = `${start}\n${written}${end}\n${report}\n`;
  written = "";
  await tell(`/invocations/${request}/logs`, { logs });
}

/** @param {Function} handler @param {{"invoke-id": string, payload: string}} call */
async function run(handler, { "invoke-id": awsRequestId, payload }) {
  const startedMs = performance.now();
  const tookMs = () => performance.now() - startedMs;
  const leftMs = () => Math.max(0, Math.floor(TIMEOUT_MS - tookMs()));
  const late = setTimeout(async () => {
    // What it still does must not happen after its messages are shown to others.
    const errorMessage = `Task timed out after ${timeoutSeconds} seconds`;
    await tellLog(awsRequestId, tookMs());
    await tell(`/invocations/${awsRequestId}/error`, { errorMessage });
    process.exit(1);
  }, TIMEOUT_MS);
  const context = { functionName, awsRequestId, getRemainingTimeInMillis: leftMs };
  let [kind, said] = ["response", undefined];
  try {
    said = (await handler(JSON.parse(payload), context)) ?? null;
  } catch (cause) {
    [kind, said] = ["error", failureOf(cause)];
  }
  clearTimeout(late);
  await tellLog(awsRequestId, tookMs());
  await tell(`/invocations/${awsRequestId}/${kind}`, said);
}

const [file, name] = named.split(".");
try {
  const { [name]: handler } = await import(`${root}/${file}.mjs`);
  const server = createServer(async (request, response) => {
    const call = JSON.parse(await text(request));
    response.end();
    await run(handler, call);
  });
  server.listen(Number(port), () => tell(`/status/${id}/ready`, {}));
} catch (cause) {
  await tell(`/status/${id}/error`, failureOf(cause));
  process.exitCode = 1;
}

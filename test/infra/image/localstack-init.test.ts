import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { expect, it } from "vitest";
import { freePort } from "#services/cli/cloud/free-port.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const INIT = join(import.meta.dirname, "../../../infra/image/localstack-init.mjs");
const FUNCTION = `
export async function handler(event, context) {
  if (event.say !== "nothing") console.log("called", event.say);
  if (event.say === "throw") throw new TypeError("as it was told");
  if (event.say === "hang") await new Promise((resolve) => setTimeout(resolve, 60_000));
  return { said: event.say, city: process.env.EXOS_CITY, id: context.awsRequestId, left: context.getRemainingTimeInMillis() > 0 };
}
`;

/** LocalStack as what it starts sees it: it hears what is told, and calls. */
async function openExecutor() {
  const heard: { readonly path: string; readonly said: unknown }[] = [];
  const waiting: { readonly count: number; resolve(): void }[] = [];
  const server = createServer(async (request, response) => {
    heard.push({ path: request.url ?? "", said: await json(request) });
    response.end();
    for (const { count, resolve } of waiting) if (heard.length >= count) resolve();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    /** What it heard, once it is so much. */
    async told(count: number) {
      if (heard.length < count) {
        await new Promise<void>((resolve) => void waiting.push({ count, resolve }));
      }
      return heard.splice(0, count);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function startInit(upstream: string, port: number, source: string) {
  const root = temporaryFolder();
  writeFileSync(join(root, "lambda.mjs"), source);
  const env = {
    LOCALSTACK_RUNTIME_ENDPOINT: upstream,
    LOCALSTACK_RUNTIME_ID: "r1",
    LOCALSTACK_INTEROP_PORT: String(port),
    LAMBDA_TASK_ROOT: root,
    AWS_LAMBDA_FUNCTION_TIMEOUT: "1",
    EXOS_CITY: "loc",
  };
  return spawn(process.execPath, [INIT], { env, stdio: "ignore" });
}

/** The log of one call, in which the function wrote this. */
const logOf = (id: string, wrote: string): unknown =>
  expect.stringMatching(
    new RegExp(
      `^START RequestId: ${id}\n${wrote}END RequestId: ${id}\nREPORT RequestId: ${id}\tDuration: \\d+\\.\\d{2} ms\n$`,
    ),
  );

it("loads a function, runs it for each call, and says what became of it", async () => {
  await using executor = await openExecutor();
  const port = await freePort();
  const child = startInit(executor.url, port, FUNCTION);
  const ended = once(child, "exit");
  const call = (id: string, say: string) =>
    fetch(`http://127.0.0.1:${port}/invoke`, {
      method: "POST",
      body: JSON.stringify({ "invoke-id": id, payload: JSON.stringify({ say }) }),
    });
  expect(await executor.told(1)).toEqual([{ path: "/status/r1/ready", said: {} }]);
  expect((await call("i1", "hello")).status).toBe(200);
  expect(await executor.told(2)).toEqual([
    { path: "/invocations/i1/logs", said: { logs: logOf("i1", "called hello\\n") } },
    {
      path: "/invocations/i1/response",
      said: { said: "hello", city: "loc", id: "i1", left: true },
    },
  ]);
  await call("i2", "throw");
  const [, failed] = await executor.told(2);
  expect(failed).toMatchObject({
    path: "/invocations/i2/error",
    said: { errorType: "TypeError", errorMessage: "as it was told" },
  });
  // A log that is empty has LocalStack fetch all of the container's, each time.
  await call("i4", "nothing");
  const [silent] = await executor.told(2);
  expect(silent).toEqual({ path: "/invocations/i4/logs", said: { logs: logOf("i4", "") } });
  // What takes longer than it may must not go on: others are shown its messages.
  await call("i3", "hang");
  expect(await executor.told(2)).toEqual([
    { path: "/invocations/i3/logs", said: { logs: logOf("i3", "called hang\\n") } },
    { path: "/invocations/i3/error", said: { errorMessage: "Task timed out after 1 seconds" } },
  ]);
  expect(await ended).toEqual([1, null]);
});

it("says why a function cannot be loaded", async () => {
  await using executor = await openExecutor();
  const child = startInit(executor.url, await freePort(), "throw new RangeError('no such city');");
  const ended = once(child, "exit");
  expect(await executor.told(1)).toMatchObject([
    { path: "/status/r1/error", said: { errorType: "RangeError", errorMessage: "no such city" } },
  ]);
  expect(await ended).toEqual([1, null]);
});

import { ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import {
  FunctionFailure,
  startFunctionProcess,
} from "#services/cli/cloud/drive/function-process.ts";
import { temporaryFolder } from "../../../../support/temporary-folder.ts";

/** Streams what it is told to, and then, if so told, goes on until nobody reads. */
const STREAMS = `
export const handler = awslambda.streamifyResponse(async (event, stream) => {
  const head = { statusCode: 207, headers: { "x-said": "yes" } };
  const out = event.plain ? stream : awslambda.HttpResponseStream.from(stream, head);
  const write = (text) => new Promise((resolve, reject) => out.write(text, (e) => (e ? reject(e) : resolve())));
  for (const piece of event.pieces) await write(piece);
  while (event.held) await write("more");
  if (event.fails) throw new TypeError("in the middle");
  await new Promise((resolve) => out.end(resolve));
});
`;
const BUNDLE = `
export async function handler(event, context) {
  if (event.say === "die") process.exit(9);
  if (event.say === "hang") await new Promise(() => setInterval(() => {}, 1000));
  if (event.say === "throw") throw new TypeError("as it was told");
  const left = context.getRemainingTimeInMillis();
  return { said: event.say, of: process.env.EXOS_CITY, city: context.functionName, whole: Number.isInteger(left) && left <= 5000 };
}
`;

function driving(bundle: string, source: string, timeoutSeconds = 5) {
  // Names that an address would have to escape.
  const bundles = join(temporaryFolder(), "a #b %41");
  mkdirSync(join(bundles, bundle), { recursive: true });
  writeFileSync(join(bundles, bundle, "lambda.mjs"), source);
  const driven = {
    name: `exos-local-loc-${bundle}`,
    bundle,
    environment: { EXOS_CITY: "loc" },
    timeoutSeconds,
    memoryMb: 128,
  };
  return startFunctionProcess(driven, { bundles, client: {} });
}

/** Notes what it reads, and leaves when it has read so much. */
function read(enough = Number.POSITIVE_INFINITY) {
  const gone = new AbortController();
  const said: unknown[] = [];
  const note = (one: unknown) => {
    if (said.push(one) === enough) gone.abort();
  };
  if (enough === 0) gone.abort();
  const onPiece = (piece: Uint8Array) => note(Buffer.from(piece).toString());
  return { said, reader: { onHead: note, onPiece, gone: gone.signal } };
}

it("hands on an answer in the pieces in which it comes, until nobody reads any more", async () => {
  await using started = driving("streams", STREAMS);
  const head = { statusCode: 207, headers: { "x-said": "yes" }, cookies: [] };
  const whole = read();
  expect(await started.run({ pieces: ["one", "two"] }, whole.reader)).toBeUndefined();
  expect(whole.said).toEqual([head, "one", "two"]);

  const plain = read();
  await started.run({ pieces: [], plain: true }, plain.reader);
  const octets = { "content-type": "application/octet-stream" };
  expect(plain.said).toEqual([{ statusCode: 200, headers: octets, cookies: [] }]);

  const held = read(3);
  await started.run({ pieces: ["one"], held: true }, held.reader);
  expect(held.said.slice(0, 3)).toEqual([head, "one", "more"]);

  const cut = read();
  const failing = started.run({ pieces: ["one"], fails: true }, cut.reader);
  await expect(failing).rejects.toThrow("TypeError: in the middle");
  expect(cut.said).toEqual([head, "one"]);
  await expect(started.run({ pieces: ["one"] })).rejects.toThrow("streams to nobody");
});

it("works no longer for whoever was gone before his run began", async () => {
  await using started = driving("streams", STREAMS);
  const early = read(0);
  // Heard while the bundle is loaded, and, of the next, after that.
  await started.run({ pieces: ["one"], held: true }, early.reader);
  expect(early.said).toEqual([]);
  await started.run({ pieces: ["one"], held: true }, read(0).reader);

  const next = read();
  await started.run({ pieces: ["one"], plain: true }, next.reader);
  expect(next.said).toHaveLength(2);
});

it("runs a bundle with the environment of its function, and says what became of it", async () => {
  await using started = driving("echo", BUNDLE);
  expect(await started.run({ say: "hello" })).toEqual({
    said: "hello",
    of: "loc",
    city: "exos-local-loc-echo",
    whole: true,
  });
  await expect(started.run({ say: "throw" })).rejects.toThrow("TypeError: as it was told");
  expect(started.isAlive).toBe(true);
  await expect(started.run({ say: "die" })).rejects.toThrow("its process ended");
  expect(started.isAlive).toBe(false);
  await expect(started.run({ say: "hello" })).rejects.toThrow("its process ended");
});

it("ends a process whose run takes too long, and has it run no other", async () => {
  await using started = driving("echo", BUNDLE, 0.5);
  await expect(started.run({ say: "hang" })).rejects.toThrow("took longer than 0.5 s");
  expect(started.isAlive).toBe(false);
  await expect(started.run({ say: "hello" })).rejects.toThrow("its process ended");
});

/** A process of a program that is not there. */
function startingNothing() {
  const { execPath } = process;
  process.execPath = join(temporaryFolder(), "nothing");
  try {
    return driving("echo", BUNDLE);
  } finally {
    process.execPath = execPath;
  }
}

it("fails a run at once whose process cannot be started, and lives", async () => {
  await using started = startingNothing();
  const run = started.run({ say: "hello" });
  await expect(run).rejects.toThrow(FunctionFailure);
  await expect(run).rejects.toThrow("ENOENT");
  expect(started.isAlive).toBe(false);
  await expect(started.run({ say: "hello" })).rejects.toThrow("its process ended");
});

it("is disposed of also where it could not be started, and signals nobody", async () => {
  const kill = vi.spyOn(ChildProcess.prototype, "kill").mockReturnValue(false);
  onTestFinished(() => kill.mockRestore());
  const started = startingNothing();
  await started[Symbol.asyncDispose]();
  expect(kill).not.toHaveBeenCalled();
  expect(started.isAlive).toBe(false);
});

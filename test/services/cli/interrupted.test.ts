import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import * as z from "zod";
import { freePort } from "#services/cli/cloud/free-port.ts";
import { readConfig } from "#services/cli/read-config.ts";
import { loadInNode } from "#services/cli/wallet/load-in-node.ts";
import { runInProcess } from "../../support/run-in-process.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const Call = z.object({ method: z.string(), params: z.unknown().optional() });
const TO = "XX582xzQcPAncHnUA3tbWteFxQ9yrWutuh";
const INTERRUPTED = { code: 130, err: expect.stringMatching(/^interrupted\n$/m) };
/** Far less than any pause or limit of the commands. */
const AT_ONCE_MS = 2_000;

type Answer = (method: string, params: unknown) => unknown;

/** A node of which every command in this process is told. @returns the methods it was asked for */
async function serve(answer: Answer) {
  const asked: string[] = [];
  const read = async (request: IncomingMessage) => {
    const { method, params } = Call.parse(JSON.parse((await text(request)) || '{"method":"GET"}'));
    asked.push(method);
    return answer(method, params);
  };
  const server = createServer((request, response) => {
    void read(request).then(
      (result) => {
        if (result !== undefined) response.end(JSON.stringify({ result, error: null }));
      },
      () => response.destroy(),
    );
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return { asked, environment: environmentOf(port) };
}

function environmentOf(port: number) {
  return {
    ...{ EXOS_DATADIR: temporaryFolder(), EXOS_NETWORK: "exos-regtest" },
    ...{ EXOS_RPCUSER: "somebody", EXOS_RPCPASSWORD: "secret" },
    ...{ EXOS_RPCPORT: String(port), EXOS_HTTPPORT: String(port) },
  };
}

/** What a command reads in place of this process's input. */
function stdin({ isTTY = false } = {}) {
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: vi.fn() });
  vi.spyOn(process, "stdin", "get").mockReturnValue(input as unknown as typeof process.stdin);
  return input;
}

/** Whether somebody listens to it. */
const isRead = (input: PassThrough) =>
  input.listenerCount("data") + input.listenerCount("readable") > 0;

/** Run a command, and interrupt it while it waits. */
async function interrupt(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  { waits, afterwards }: { readonly waits: () => boolean; readonly afterwards?: () => void },
) {
  const stop = new AbortController();
  const running = runInProcess(words, { environment, signal: stop.signal, attended: true });
  const begun = () => expect(waits(), words.join(" ")).toBe(true);
  await vi.waitFor(begun, { interval: 5, timeout: 20_000 });
  const interruptedAt = performance.now();
  stop.abort();
  afterwards?.();
  const said = await running;
  expect(performance.now() - interruptedAt, words.join(" ")).toBeLessThan(AT_ONCE_MS);
  return said;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a command that asks somebody", () => {
  const payment: Answer = (method) =>
    ({
      createrawtransaction: "00",
      fundrawtransaction: { hex: "00", fee: "0.00010000", changepos: -1 },
      decoderawtransaction: {
        ...{ size: 200, vout: [{ value: "1.50000000", scriptPubKey: { address: TO } }] },
      },
      signrawtransactionwithwallet: { hex: "00", complete: true },
      sendrawtransaction: "ab".repeat(32),
    })[method];
  const PLANNED = ["createrawtransaction", "fundrawtransaction", "decoderawtransaction"];

  it("sends what somebody has said yes to", async () => {
    const { asked, environment } = await serve(payment);
    const input = stdin({ isTTY: true });
    const sending = runInProcess(["send", TO, "1.5"], { environment, attended: true });
    input.write("y\n");
    expect(await sending).toMatchObject({ code: 0 });
    expect(asked).toEqual([...PLANNED, "signrawtransactionwithwallet", "sendrawtransaction"]);
    expect(input.isPaused(), "the process can end").toBe(true);
  });

  it("sends nothing once it is interrupted, whatever is typed then", async () => {
    const { asked, environment } = await serve(payment);
    const input = stdin({ isTTY: true });
    const said = await interrupt(["send", TO, "1.5"], environment, {
      waits: () => isRead(input),
      afterwards: () => void input.write("y\n"),
    });
    expect(said).toMatchObject(INTERRUPTED);
    expect(asked).toEqual(PLANNED);
    expect(input.isPaused(), "the process can end").toBe(true);
  });

  it.each([
    ["signed", "signrawtransactionwithwallet", INTERRUPTED],
    ["handed in", "sendrawtransaction", { code: 0, out: expect.stringContaining("abab") }],
  ])("sends nothing while a payment is %s, and tells of what is on its way", async (_, at, end) => {
    const answered = Promise.withResolvers<void>();
    const { asked, environment } = await serve(async (method, params) => {
      if (method === at) await answered.promise;
      return payment(method, params);
    });
    const said = await interrupt(["send", TO, "1.5", "--yes"], environment, {
      waits: () => asked.at(-1) === at,
      afterwards: () => void answered.resolve(),
    });
    expect(said).toMatchObject(end);
    expect(asked.at(-1)).toBe(at);
  });

  it.each([
    ["a password", ["wallet", "unlock"], true],
    ["arguments", ["rpc", "-stdin", "help"], false],
    ["keys", ["wallet", "import", "mine"], false],
  ])("stops reading %s", async (_, words, isTTY) => {
    const { asked, environment } = await serve(() => null);
    const input = stdin({ isTTY });
    const said = await interrupt(words, environment, {
      waits: () => isRead(input),
      afterwards: () => void input.end("help\n"),
    });
    expect(said).toMatchObject(INTERRUPTED);
    expect(asked).toEqual([]);
  });

  it("ends at Ctrl-C while what is typed is hidden", async () => {
    const { asked, environment } = await serve(() => null);
    const input = stdin({ isTTY: true });
    const running = runInProcess(["wallet", "unlock"], { environment });
    input.write("sec\u0003");
    expect(await running).toMatchObject({ code: 130, err: "interrupted\n" });
    expect(asked).toEqual([]);
  });

  it("reads what is piped in to its end, a character in two pieces too", async () => {
    const { environment } = await serve((_, params) => String(params));
    const input = stdin();
    const running = runInProcess(["rpc", "-stdin", "echo"], { environment });
    const [first, last] = ["fü", "r\n"].map((piece) => Buffer.from(piece));
    input.write(first?.subarray(0, 2));
    input.write(first?.subarray(2));
    input.end(last);
    expect(await running).toMatchObject({ code: 0, out: "für\n" });
  });
});

describe("a command that waits for the node", () => {
  const COMMANDS = [
    "rpc generate 200",
    "status",
    "peers",
    "doctor",
    "stop",
    "balance",
    "sync wait",
  ];

  it("ends when it is interrupted", async () => {
    const ending = [...COMMANDS, "wallet list"].map(async (line) => {
      const { asked, environment } = await serve(() => undefined);
      const waits = () => asked.length > 0;
      return [line, await interrupt(line.split(" "), environment, { waits })] as const;
    });
    for (const [line, said] of await Promise.all(ending)) {
      expect(said, line).toMatchObject(INTERRUPTED);
    }
  });

  it("ends while it waits for one to be there", async () => {
    const startedAt = performance.now();
    const waits = () => performance.now() - startedAt > 100;
    const nobody = environmentOf(await freePort());
    const said = await interrupt(["rpc", "-rpcwait", "help"], nobody, { waits });
    expect(said).toMatchObject({ code: 130, err: "interrupted\n" });
  });

  it("is not told twice what it may be doing already", async () => {
    const { asked, environment } = await serve(() => Promise.reject(new RangeError("gone")));
    const said = await runInProcess(["rpc", "-rpcwait", "generate", "1"], { environment });
    expect(said).toMatchObject({ code: 8, err: expect.stringContaining("EXOS-E2013") });
    expect(asked).toEqual(["generate"]);
  });

  it("tells a node that is slow from none", async () => {
    vi.spyOn(AbortSignal, "timeout").mockReturnValueOnce(AbortSignal.timeout(50));
    const { environment } = await serve(() => undefined);
    const slow = await runInProcess(["rpc", "generate", "200"], { environment });
    expect(slow).toMatchObject({ code: 8, err: expect.stringContaining("in 60 s") });
    const none = await runInProcess(["rpc", "help"], { environment: environmentOf(1) });
    expect(none).toMatchObject({ code: 8, err: expect.stringContaining("is it running") });
  });

  it("says of a wallet that was made that it is not loaded", async () => {
    const { environment } = await serve(() => undefined);
    const config = readConfig({ flags: [], environment });
    expect(await loadInNode({ config, signal: AbortSignal.abort() }, "mine")).toBe(false);
  });
});

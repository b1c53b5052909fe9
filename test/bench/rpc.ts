/**
 * `node test/bench/rpc.ts [seconds]`: requests a second of the API on one thread through the
 * socket, as ratios to a bare server with a fixed body in the same run. The callers have a thread
 * of their own.
 * @module
 */
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { listen } from "#services/rpc/container.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { COOKIE, createRpcNode, recordedBlocks } from "../support/rpc-node.ts";
import { median } from "./rounds.ts";

const CONNECTIONS = 16;
const ROUNDS = 5;
const BIG_BLOCK = "7dff5a474fbeaf36f475a7c82cf7ab07cc599b640a67f255c7337053290284a8";

/** A request to be repeated on every connection for a while. */
interface Load {
  readonly port: number;
  readonly request: string;
  readonly seconds: number;
}

/** Requests a second of each case, and as a ratio to the bare server. */
export interface RpcFigure {
  readonly name: string;
  readonly perSecond: number;
  readonly ratio: number;
}

const rpcCall = (method: string, params: unknown[] = []): string => {
  const body = JSON.stringify({ method, params, id: 1 });
  const head = `POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${COOKIE}\r\n`;
  return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
};
const read = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

/** @returns `undefined` without the vectors @param seconds of each case in each round */
export async function benchRpc(seconds = 0.5): Promise<RpcFigure[] | undefined> {
  const blocks = recordedBlocks(532);
  if (blocks === undefined) return undefined;
  const { deps } = await createRpcNode(blocks, { clock: createSystemClock() });
  const anywhere = { host: "127.0.0.1", port: 0 };
  await using listeners = await listen({ deps }, { http: anywhere, rpc: anywhere });
  const bare = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end('{"result":532,"error":null,"id":1}');
  }).listen(0, "127.0.0.1");
  await once(bare, "listening");
  const barePort = (bare.address() as AddressInfo).port;
  const worker = new Worker(new URL(import.meta.url));

  const cases = [
    { name: "bare node:http", port: barePort, request: rpcCall("getblockcount") },
    { name: "getblockcount", port: listeners.httpPort, request: rpcCall("getblockcount") },
    { name: "getblockchaininfo", port: listeners.httpPort, request: rpcCall("getblockchaininfo") },
    { name: "getblock 1", port: listeners.httpPort, request: rpcCall("getblock", [BIG_BLOCK, 1]) },
    { name: "/v1/tip", port: listeners.httpPort, request: read("/v1/tip") },
  ].map((each) => ({ ...each, samples: [] as number[] }));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { port, request, samples } of cases) {
      worker.postMessage({ port, request, seconds } satisfies Load);
      const [count] = (await once(worker, "message")) as [number];
      // The first round warms up.
      if (round > 0) samples.push(count / seconds);
    }
  }
  await worker.terminate();
  bare.close();
  bare.closeAllConnections();
  const bases = median(cases[0]?.samples ?? []);
  return cases.map(({ name, samples }) => {
    const perSecond = median(samples);
    return { name, perSecond, ratio: perSecond / bases };
  });
}

/** Keep every connection busy until the time is over. @returns answers */
async function drive({ port, request, seconds }: Load): Promise<number> {
  let answers = 0;
  const until = performance.now() + seconds * 1_000;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(request));
      let text = "";
      socket.setEncoding("latin1");
      socket.on("data", (piece) => {
        text += piece;
        if (!isWhole(text)) return;
        text = "";
        answers++;
        if (performance.now() < until) socket.write(request);
        else socket.end(resolve);
      });
      socket.once("error", reject);
    });
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  return answers;
}

/** Whether an answer has come to its end. @throws RangeError unless it is a 200 */
function isWhole(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  if (!text.startsWith("HTTP/1.1 200")) throw new RangeError(text.slice(0, 200));
  const length = /content-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  if (length !== undefined) return text.length >= end + 4 + Number(length);
  return text.endsWith("\r\n0\r\n\r\n");
}

if (!isMainThread) {
  parentPort?.on("message", async (load: Load) => {
    parentPort?.postMessage(await drive(load));
  });
} else if (import.meta.main) {
  for (const { name, perSecond, ratio } of (await benchRpc(Number(process.argv[2] ?? 0.5))) ?? []) {
    const figure = Math.round(perSecond).toLocaleString("en").padStart(9);
    process.stdout.write(`${name.padEnd(24)} ${figure} /s ${ratio.toFixed(2).padStart(6)}\n`);
  }
}

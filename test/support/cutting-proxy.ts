import { createTcpTransport } from "#shared/adapters/embedded/tcp-transport.ts";
import { encodeFrame } from "#shared/codec/messages/frame.ts";
import type { Network } from "#shared/consensus/params.ts";
import { dialectOf } from "#shared/p2p/dialect.ts";
import { FrameReader } from "#shared/p2p/frame-reader.ts";
import { payloadLimits } from "#shared/p2p/message-limits.ts";
import type { Endpoint } from "#shared/ports/transport.ts";

/** Somebody between two nodes, who passes on everything but, after some, the blocks. */
export interface CuttingProxy extends AsyncDisposable {
  readonly endpoint: Endpoint;
  /** Blocks that were let through, and those that were not. */
  readonly passed: number;
  readonly kept: number;
}

/** @param to the node that has the blocks @param blocksMax how many are let through */
export async function openCuttingProxy(
  network: Network,
  to: Endpoint,
  blocksMax: number,
): Promise<CuttingProxy> {
  const transport = createTcpTransport();
  let [passed, kept] = [0, 0];
  const listener = await transport.listen({ host: "127.0.0.1", port: 0 }, (client) => {
    const joined = transport.dial(to, AbortSignal.timeout(60_000)).then((server) => {
      const frames = new FrameReader(network.magic, payloadLimits(dialectOf(network)));
      client.onData((piece) => server.write(piece));
      client.onClose(() => server.close());
      server.onClose(() => client.close());
      server.onData((piece) => {
        for (const event of frames.push(piece)) {
          if (event.kind !== "message") continue;
          if (event.command === "block" && passed >= blocksMax) {
            kept++;
            continue;
          }
          if (event.command === "block") passed++;
          client.write(encodeFrame(network.magic, event.command, event.payload));
        }
      });
    });
    joined.catch(() => client.close());
  });
  return {
    endpoint: listener.local,
    get passed() {
      return passed;
    },
    get kept() {
      return kept;
    },
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

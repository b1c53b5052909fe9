import { createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What a process says of itself when it is asked. */
export interface HealthAnswer {
  readonly state: "starting" | "running" | "stopping";
  readonly height: number | undefined;
  readonly peers: number;
}

/** A door on the loopback. Dispose of it to close it. */
export interface HealthDoor extends AsyncDisposable {
  readonly port: number;
}

const LOOPBACK = "127.0.0.1";
const ANSWER_MS = 4_000;

/**
 * Answer whoever asks on this machine whether the process lives: not how the chain is, since a
 * process that is behind would be none the better for being replaced.
 *
 * @param port 0, or one that is taken: any free one
 * @source cloud.md 7.2
 */
export async function openHealthDoor(port: number, ask: () => HealthAnswer): Promise<HealthDoor> {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(`${JSON.stringify(ask())}\n`);
  });
  try {
    await listen(server, port);
  } catch (cause) {
    // Two cities on one machine: which of them answers there is no question of life.
    if (!(cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE")) throw cause;
    await listen(server, 0);
  }
  // A server that listens on a port has one.
  const { port: taken } = server.address() as AddressInfo;
  return {
    port: taken,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, LOOPBACK, () => {
    server.off("error", reject);
    resolve();
  });
  return promise;
}

/** Ask a process of this machine. @returns its answer as text; `undefined`: it did not give one */
export function askHealth(port: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const request = get({ host: LOOPBACK, port, timeout: ANSWER_MS }, (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (piece: string) => {
      text += piece;
    });
    response.on("end", () => resolve(response.statusCode === 200 ? text : undefined));
  });
  request.on("timeout", () => request.destroy());
  // Whatever went wrong, nobody answered: that is all that was asked.
  request.on("error", () => resolve(undefined));
  return promise;
}

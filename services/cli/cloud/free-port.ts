import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below those that a system gives to connections by itself (from 32,768 on Linux, 49,152 elsewhere):
 * what is told a port listens there seconds later, and one of them would be taken by then.
 */
const [LOWEST, BEYOND] = [20_000, 32_768];
const TRIES_MAX = 100;

/**
 * A port of the loopback that nobody listens on at this moment. For programs that must be told one:
 * who can listen on port 0 does that instead, since another may take this one first.
 *
 * @throws Error of the last of a hundred that were tried
 */
export async function freePort(host = "127.0.0.1"): Promise<number> {
  for (let tries = 1; ; tries++) {
    const port = randomInt(LOWEST, BEYOND);
    try {
      await listenOnce(port, host);
      return port;
    } catch (cause) {
      if (tries === TRIES_MAX) throw cause;
    }
  }
}

function listenOnce(port: number, host: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer();
  server.once("error", reject).listen(port, host, () => server.close(() => resolve()));
  return promise;
}

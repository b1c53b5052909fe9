import { createServer } from "node:net";

/**
 * A port of the loopback that nobody listens on at this moment. For programs that must be told one:
 * who can listen on port 0 does that instead, since another may take this one first.
 */
export function freePort(host = "127.0.0.1"): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once("error", reject).listen(0, host, () => {
    const address = server.address();
    server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
  });
  return promise;
}

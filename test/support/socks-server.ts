import { connect, createServer, type Server, type Socket } from "node:net";

/** A SOCKS5 proxy without a login, for as long as the test runs. */
export interface SocksServer {
  readonly port: number;
  /** Hosts it was asked for, names as they came. */
  readonly asked: readonly string[];
  close(): void;
}

const HOST_NAME = 3;
const IPV6 = 4;

/** Address and port of a request. @source RFC 1928, 4 */
function destinationOf(request: Buffer): { host: string; port: number } {
  const kind = request[3];
  if (kind === HOST_NAME) {
    const length = request[4] ?? 0;
    return {
      host: request.toString("ascii", 5, 5 + length),
      port: request.readUInt16BE(5 + length),
    };
  }
  if (kind === IPV6) {
    const groups = Array.from({ length: 8 }, (_, at) => request.readUInt16BE(4 + 2 * at));
    return { host: groups.map((n) => n.toString(16)).join(":"), port: request.readUInt16BE(20) };
  }
  return { host: request.subarray(4, 8).join("."), port: request.readUInt16BE(8) };
}

const answer = (code: number) => Uint8Array.of(5, code, 0, 1, 0, 0, 0, 0, 0, 0);

/** @param hosts where a name leads to, as a proxy knows it */
export async function socksServer(
  hosts: Readonly<Record<string, string>> = {},
): Promise<SocksServer> {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const server: Server = createServer((client) => {
    open.add(client);
    client.on("error", () => client.destroy());
    client.once("data", () => {
      client.write(Uint8Array.of(5, 0));
      client.once("data", (request) => {
        const { host, port } = destinationOf(request);
        asked.push(host);
        if (host === "silent.onion") return;
        client.pause();
        const target = connect({ host: hosts[host] ?? host, port });
        open.add(target);
        target.once("error", () => client.end(answer(5)));
        target.once("connect", () => {
          client.write(answer(0));
          target.pipe(client);
          client.pipe(target);
        });
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new RangeError("no port");
  return {
    port: address.port,
    asked,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

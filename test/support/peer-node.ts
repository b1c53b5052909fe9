import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { poolDoor } from "#services/cli/embedded/pool-door.ts";
import { composeEmbedded } from "#services/ingest/compose-embedded.ts";
import type { ConnectionKind, PeerEnd, Session } from "#services/ingest/connections/peer-link.ts";
import { runIngest } from "#services/ingest/container.ts";
import type { Ingest } from "#services/ingest/core.ts";
import { createTcpTransport } from "#shared/adapters/embedded/tcp-transport.ts";
import type { Network } from "#shared/consensus/params.ts";
import { dialectOf } from "#shared/p2p/dialect.ts";
import type { Connection, Endpoint } from "#shared/ports/transport.ts";
import { openTestNode, type TestNodeOptions } from "./test-node.ts";

const NOWHERE = { services: 1n, ip: new Uint8Array(16), port: 0 };

/** A node with peers over loopback, without an address book. */
export interface PeerNode extends AsyncDisposable {
  readonly node: EmbeddedNode;
  readonly ingest: Ingest;
  readonly endpoint: Endpoint;
  /** How connections ended that did not end by the other side, oldest first. */
  readonly ends: readonly PeerEnd[];
  readonly sessions: readonly Session[];
  connect(to: Endpoint): Promise<Session>;
  /** Resolves once a look at it every few milliseconds says yes. */
  until(holds: () => boolean | Promise<boolean>): Promise<void>;
}

/** Open a node in a folder, listen for peers, and run what a node runs. */
export async function openPeerNode(
  network: Network,
  root: string,
  options: TestNodeOptions = {},
): Promise<PeerNode> {
  const stack = new AsyncDisposableStack();
  const node = stack.use(await openTestNode(network, root, options));
  const { validator } = node;
  const ingest = await composeEmbedded({
    ...node,
    chain: validator,
    checkpoints: options.policy?.checkpoints ?? "assert",
    pool: poolDoor(node.mempool),
    ...(options.headersMax === undefined ? {} : { headersMax: options.headersMax }),
  });
  node.onVerdict((bad) => ingest.rejected(bad));
  const transport = createTcpTransport();
  const ends: PeerEnd[] = [];
  const sessions: Session[] = [];
  const nonce = BigInt(Math.floor(Math.random() * 2 ** 48));
  const open = (connection: Connection, kind: ConnectionKind): Session => {
    const session = ingest.open({
      id: sessions.length + 1,
      connection,
      kind,
      whitelisted: false,
      identity: {
        inbound: connection.inbound,
        services: dialectOf(network).services,
        servicesWanted: 0n,
        userAgent: "/test/",
        relay: true,
        nonce,
        pingNonce: 1n,
        local: NOWHERE,
        remote: NOWHERE,
        advertised: undefined,
      },
      ready: () => undefined,
      learned: () => undefined,
      addresses: () => [],
      end(end) {
        ends.push(end);
        connection.close();
      },
      mayUpload: () => true,
    });
    sessions.push(session);
    connection.onClose(() => session.closed());
    return session;
  };
  const listener = stack.use(
    await transport.listen({ host: "127.0.0.1", port: 0 }, (connection) => {
      open(connection, "inbound");
    }),
  );
  const stop = new AbortController();
  const container = {
    ingest,
    announce: node.follower("announce"),
    accepted: node.accepted("relay"),
    clock: node.clock,
  };
  const running = Promise.all([node.run(stop.signal), runIngest(container, stop.signal)]);
  stack.defer(async () => {
    stop.abort();
    await running;
  });
  const opened: Connection[] = [];
  stack.defer(() => {
    for (const connection of opened) connection.close();
  });
  const held = stack.move();
  return {
    node,
    ingest,
    endpoint: listener.local,
    ends,
    sessions,
    async connect(to) {
      const connection = await transport.dial(to, stop.signal);
      opened.push(connection);
      return open(connection, "manual");
    },
    async until(holds) {
      while (!(await holds())) await node.clock.sleep(5);
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

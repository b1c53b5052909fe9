import { NetFault } from "#shared/ports/net-fault.ts";
import type { Connection, Endpoint, Transport } from "#shared/ports/transport.ts";

/** A border through the nodes of one process, for rehearsals. Nodes are called by where they listen. */
export interface Partition {
  /** From here on nodes of different groups have no connection; a node of no group has all. */
  cut(groups: readonly (readonly Endpoint[])[]): void;
  heal(): void;
  /** Groups as they are cut; empty while all is whole. */
  readonly groups: readonly (readonly Endpoint[])[];
  separated(a: Endpoint, b: Endpoint): boolean;
  /** Be told after each cut. @returns stops that */
  onCut(told: () => void): () => void;
}

/** All nodes together, until `cut`. */
export function createPartition(): Partition {
  const listening = new Set<() => void>();
  let groups: readonly (readonly Endpoint[])[] = [];
  const groupOf = ({ host, port }: Endpoint) =>
    groups.findIndex((group) => group.some((one) => one.host === host && one.port === port));
  return {
    cut(next) {
      groups = next;
      for (const told of listening) told();
    },
    heal() {
      groups = [];
    },
    get groups() {
      return groups;
    },
    separated(a, b) {
      const [left, right] = [groupOf(a), groupOf(b)];
      return left >= 0 && right >= 0 && left !== right;
    },
    onCut(told) {
      listening.add(told);
      return () => listening.delete(told);
    },
  };
}

/**
 * A transport that a partition can cut. An accepted connection does not tell which node is behind
 * it, so the side that dialled keeps the border, and all nodes need to be made this way.
 *
 * @param self where this node listens, known once it does
 */
export function createPartitionedTransport(
  inner: Transport,
  partition: Partition,
  self: () => Endpoint | undefined,
): Transport {
  const dialled = new Set<Connection>();
  const beyond = (remote: Endpoint) => {
    const own = self();
    return own !== undefined && partition.separated(own, remote);
  };
  partition.onCut(() => {
    for (const connection of dialled) {
      if (beyond(connection.remote)) connection.close();
    }
  });
  return {
    listen: (endpoint, accept) => inner.listen(endpoint, accept),
    async dial(endpoint, signal) {
      const refuse = () => {
        if (beyond(endpoint)) {
          throw new NetFault("the other side of a partition", { reason: "unreachable" });
        }
      };
      refuse();
      const connection = await inner.dial(endpoint, signal);
      dialled.add(connection);
      const open: Connection = watched(connection, () => dialled.delete(connection));
      try {
        refuse();
      } catch (fault) {
        open.close();
        throw fault;
      }
      return open;
    },
  };
}

/** The same connection, and a look at its end that leaves `onClose` to its owner. */
function watched(connection: Connection, ended: () => void): Connection {
  let closed: Parameters<Connection["onClose"]>[0] | undefined;
  let end: { readonly fault: NetFault | undefined } | undefined;
  connection.onClose((fault) => {
    ended();
    end = { fault };
    closed?.(fault);
  });
  return {
    remote: connection.remote,
    local: connection.local,
    inbound: connection.inbound,
    write: (bytes) => connection.write(bytes),
    drained: () => connection.drained(),
    onData: (receive) => connection.onData(receive),
    pause: () => connection.pause(),
    resume: () => connection.resume(),
    onClose(callback) {
      closed = callback;
      if (end !== undefined) callback(end.fault);
    },
    close: () => connection.close(),
    traffic: () => connection.traffic(),
  };
}

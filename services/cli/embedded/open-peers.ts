import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { poolDoor } from "#services/cli/embedded/pool-door.ts";
import { together } from "#services/cli/together.ts";
import {
  type ConnectionOptions,
  type Connections,
  composeConnections,
} from "#services/ingest/compose-connections.ts";
import { composeEmbedded as composeIngest } from "#services/ingest/compose-embedded.ts";
import { runIngest } from "#services/ingest/container.ts";
import type { Ingest, IngestDeps } from "#services/ingest/core.ts";

/** Whom the node talks to, and what it may skip of what they say. */
export interface PeerOptions extends Omit<ConnectionOptions, "folder"> {
  /** As the judge has it. */
  readonly checkpoints: IngestDeps["checkpoints"];
  /** Above it a public network is caught up with before anything is relayed. */
  readonly tipAgeSecondsMax?: number;
}

/** A node among others. Dispose of it to close its connections. */
export interface PeeredNode extends AsyncDisposable {
  readonly ingest: Ingest;
  readonly peers: Connections["peers"];
  readonly listening: Connections["listening"];
  /** Dial, follow and serve until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
}

/**
 * Listen for peers of an open node; nobody is dialled before `run`.
 *
 * @throws NetFault when it cannot listen; StoreFault of what is known about peers
 */
export async function openPeers(node: EmbeddedNode, options: PeerOptions): Promise<PeeredNode> {
  const { validator, clock, folder } = node;
  const { checkpoints, tipAgeSecondsMax } = options;
  const ingest = await composeIngest({
    ...node,
    chain: validator,
    checkpoints,
    ...(tipAgeSecondsMax === undefined ? {} : { tipAgeSecondsMax }),
    pool: poolDoor(node.mempool),
  });
  node.onVerdict((bad) => ingest.rejected(bad));
  const announce = node.follower("announce");
  const accepted = node.accepted("relay");
  const connections = await composeConnections(
    {
      ...node,
      openSession: ingest.open,
      height: () => ingest.progress().height,
      adjustTime: (seconds) => clock.adjust(seconds),
    },
    { ...options, folder: folder.path },
  );
  return {
    ingest,
    peers: connections.peers,
    listening: connections.listening,
    run: (signal) =>
      together(
        [(end) => runIngest({ ingest, announce, accepted, clock }, end), connections.run],
        signal,
      ),
    [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
  };
}

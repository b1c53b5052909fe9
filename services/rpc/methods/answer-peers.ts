import type { RpcDeps } from "#services/rpc/deps.ts";
import {
  RPC_CODES,
  type RpcCode,
  type RpcError,
  refuse,
} from "#services/rpc/json-rpc/rpc-error.ts";
import type { PeerRefusal, Peers } from "#shared/ports/peers.ts";
import type { Result } from "#shared/primitives/result.ts";

type Answer = Result<unknown, RpcError>;

const CODES: Readonly<Record<PeerRefusal["reason"], RpcCode>> = {
  "no endpoint": RPC_CODES.badSubnet,
  "added already": RPC_CODES.nodeAdded,
  "not added": RPC_CODES.nodeNotAdded,
  "not connected": RPC_CODES.nodeNotConnected,
  "banned already": RPC_CODES.nodeAdded,
  "not bannable": RPC_CODES.badSubnet,
};

/** Answer from the connections, or say that this node has none. */
export function answerPeers(
  { peers }: Pick<RpcDeps, "peers">,
  answer: (peers: Peers) => Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  return peers === undefined ? refuseWithoutPeers() : answer(peers);
}

/** What a node without peers answers to whoever asks for them. */
export function refuseWithoutPeers(): ReturnType<typeof refuse> {
  return refuse(RPC_CODES.noPeerToPeer, "Error: Peer-to-peer functionality missing or disabled");
}

/** What came of a command about peers; the answer is `null`. */
export function answerPeerCommand(outcome: Result<void, PeerRefusal>): Answer {
  if (outcome.ok) return { ok: true, value: null };
  const { reason, message, code } = outcome.error;
  return {
    ok: false,
    error: { code: CODES[reason], message: `Error: ${message}`, catalogue: code },
  };
}

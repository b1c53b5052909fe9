import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import { decodeHeader, HEADER_BYTES, hashHeader } from "#shared/codec/header.ts";
import { decodeInventory, encodeInventory } from "#shared/codec/messages/inventory.ts";
import { TYPE_BLOCK, TYPE_TRANSACTION, toWanted, WITNESS_BIT } from "#shared/p2p/inventory-type.ts";
import { KEPT } from "#shared/p2p/message-limits.ts";
import type { PeerAction } from "#shared/p2p/peer-action.ts";
import {
  dropped,
  end,
  type Handler,
  NOTHING,
  type PeerState,
  send,
} from "#shared/p2p/peer-state.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";

/** Items of one `getdata` of ours: the reference asks for 100 or more at once. */
const ITEMS_PER_REQUEST = 1000;

/** Ask for blocks; each is expected until it comes. */
export function requestBlocks(peer: PeerState, hashes: readonly Hash256[]): readonly PeerAction[] {
  return request(peer, TYPE_BLOCK, hashes);
}

/**
 * Ask for transactions that are not asked for already. Silence answers what a peer lost since it
 * announced it, so the oldest requests are forgotten, not waited for.
 */
export function requestTransactions(
  peer: PeerState,
  txids: readonly Hash256[],
): readonly PeerAction[] {
  const { transactionsInFlight } = peer;
  const news = txids.filter((txid) => !transactionsInFlight.has(txid));
  return request(peer, TYPE_TRANSACTION, news.slice(0, KEPT.transactionsInFlight));
}

function request(peer: PeerState, type: number, hashes: readonly Hash256[]): readonly PeerAction[] {
  const inFlight = type === TYPE_BLOCK ? peer.blocksInFlight : peer.transactionsInFlight;
  const wireType = peer.witness ? type + WITNESS_BIT : type;
  const actions: PeerAction[] = [];
  for (let from = 0; from < hashes.length; from += ITEMS_PER_REQUEST) {
    const part = hashes.slice(from, from + ITEMS_PER_REQUEST);
    for (const hash of part) inFlight.add(hash);
    const items = part.map((hash) => ({ type: wireType, hash }));
    actions.push(send("getdata", encodeInventory(items)));
  }
  return actions;
}

/**
 * A block that was asked for goes on undecoded; every other is left aside.
 *
 * @source exos-l1.md 7.4
 */
export const onBlock: Handler = (peer, payload) => {
  const header = decodeHeader(payload.subarray(0, HEADER_BYTES));
  if (!header.ok) return end(peer, "message unreadable", `block: ${header.error.message}`);
  const hash = hashHeader(header.value, peer.setup.dialect.wire);
  if (!peer.blocksInFlight.delete(hash)) return [dropped("block", "not asked for")];
  peer.knownBlocks.add(hash);
  return [{ kind: "block", hash, bytes: payload }];
};

/** A transaction is taken also unasked, as by the reference [seen], but not any number of them. */
export const onTransaction: Handler = (peer, payload, env) => {
  const { dialect, relay } = peer.setup;
  const decoded = decodeTransaction(payload, dialect.wire);
  if (!decoded.ok) return end(peer, "message unreadable", `tx: ${decoded.error.message}`);
  const { txid } = decoded.value;
  peer.knownTransactions.add(txid);
  if (!peer.transactionsInFlight.delete(txid)) {
    if (!relay) return [dropped("tx", "not wanted")];
    if (env.initialDownload) return [dropped("tx", "initial download")];
    if (peer.buckets.tx.take(1, env.nowMs) === 0) return [dropped("tx", "too often")];
  }
  return [{ kind: "transaction", transaction: decoded.value }];
};

/** What we asked for and the peer has not got. */
export const onNotFound: Handler = (peer, payload) => {
  const decoded = decodeInventory(payload);
  if (!decoded.ok) return end(peer, "message unreadable", `notfound: ${decoded.error.message}`);
  const items = toWanted(decoded.value).filter(({ type, hash }) =>
    (type === "block" ? peer.blocksInFlight : peer.transactionsInFlight).delete(hash),
  );
  return items.length === 0 ? NOTHING : [{ kind: "notFound", items }];
};

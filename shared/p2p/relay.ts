import { decodeInventory } from "#shared/codec/messages/inventory.ts";
import { decodeAddresses } from "#shared/codec/messages/network-address.ts";
import { TYPE_BLOCK, TYPE_TRANSACTION, toWanted } from "#shared/p2p/inventory-type.ts";
import { listCount } from "#shared/p2p/list-count.ts";
import { KEPT } from "#shared/p2p/message-limits.ts";
import type { PeerAction } from "#shared/p2p/peer-action.ts";
import type { AnnouncedBlock, PeerEnv } from "#shared/p2p/peer-input.ts";
import { dropped, end, type Handler, NOTHING, type PeerState } from "#shared/p2p/peer-state.ts";
import { announcement, giveHeaders } from "#shared/p2p/serve.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { hashKey } from "#shared/primitives/hash-key.ts";

/** Most entries of `addr`; more are a violation. @source exos-l1.md 7.4 */
const ADDRESSES_MAX = 1000;
/** One of them: time, services, address and port. */
const ADDRESS_BYTES = 30;
/** Transactions of one announcement, and from one to the next. @source exos-l1.md 6.3 */
const ANNOUNCED_MAX = 35;
const ANNOUNCE_EVERY_MS = 5000;
/** Blocks announced one by one: of more, only the tip. @source MAX_BLOCKS_TO_ANNOUNCE, Core 25 */
const BLOCKS_ANNOUNCED_MAX = 8;

/** Blocks and transactions that the peer has. Initial download looks at neither. */
export const onInventory: Handler = (peer, payload, env) => {
  const decoded = decodeInventory(payload);
  if (!decoded.ok) return end(peer, "message unreadable", `inv: ${decoded.error.message}`);
  const allowed = peer.buckets.inv.take(decoded.value.length, env.nowMs);
  const actions: PeerAction[] = [];
  if (allowed < decoded.value.length) actions.push(dropped("inv", "too often"));
  const blocks: Hash256[] = [];
  const txids: Hash256[] = [];
  for (const { type, hash } of toWanted(decoded.value.slice(0, allowed))) {
    (type === "block" ? blocks : txids).push(hash);
    (type === "block" ? peer.knownBlocks : peer.knownTransactions).add(hash);
  }
  if (env.initialDownload) return [...actions, dropped("inv", "initial download")];
  if (blocks.length > 0) actions.push({ kind: "blocksAnnounced", hashes: blocks });
  if (txids.length === 0) return actions;
  return peer.setup.relay
    ? [...actions, { kind: "transactionsAnnounced", txids }]
    : [...actions, dropped("inv", "not wanted")];
};

/** Addresses of other nodes; what exceeds the rate is left aside. */
export const onAddresses: Handler = (peer, payload, env) => {
  const claimed = listCount(payload, ADDRESS_BYTES);
  if (claimed > ADDRESSES_MAX) return end(peer, "addr of more than 1000 entries", `${claimed}`);
  const decoded = decodeAddresses(payload);
  if (!decoded.ok) return end(peer, "message unreadable", `addr: ${decoded.error.message}`);
  const count = decoded.value.length;
  const allowed = peer.buckets.addr.take(count, env.nowMs);
  const addresses = decoded.value.slice(0, allowed);
  return [
    ...(allowed < count ? [dropped("addr", "too often")] : []),
    ...(allowed > 0 ? [{ kind: "addresses", addresses } as const] : []),
  ];
};

/** From now on blocks are announced to it by their headers. */
export const onSendHeaders: Handler = (peer) => {
  peer.sendsHeaders = true;
  return NOTHING;
};

/**
 * Tell of new blocks: by headers to who wants them so, with proofs where the network has them
 * (the reference does so whatever the peer's version [seen], and dies of headers without); else
 * the tip alone by its hash. What the peer has is not told.
 *
 * @source exos-l1.md 7.6
 */
export function announceBlocks(
  peer: PeerState,
  blocks: readonly AnnouncedBlock[],
  env: PeerEnv,
): readonly PeerAction[] {
  const tip = blocks.at(-1);
  if (tip === undefined || env.initialDownload || peer.knownBlocks.has(tip.hash)) return NOTHING;
  const unknown = blocks.filter(({ hash }) => !peer.knownBlocks.has(hash));
  const told = unknown.length > BLOCKS_ANNOUNCED_MAX ? [tip] : unknown;
  for (const { hash } of told) peer.knownBlocks.add(hash);

  const isProven = peer.setup.dialect.provenVersion !== undefined;
  const headers = told.flatMap(({ header, proven }) => (isProven ? (proven ?? []) : header));
  return peer.sendsHeaders && headers.length === told.length
    ? giveHeaders(peer, { kind: "headersFound", proven: isProven, headers })
    : [announcement(TYPE_BLOCK, [tip.hash])];
}

/** Put transactions on the list of what is announced next; the oldest give way. */
export function queueTransactions(peer: PeerState, txids: readonly Hash256[]): void {
  if (peer.greeting?.relay !== true) return;
  const { announcements, knownTransactions } = peer;
  for (const txid of txids) {
    if (!knownTransactions.has(txid)) announcements.set(hashKey(txid), txid);
  }
  for (const oldest of announcements.keys()) {
    if (announcements.size <= KEPT.announcements) return;
    announcements.delete(oldest);
  }
}

/** What is due: the next few transactions that the peer has not heard of. */
export function announceTransactions(peer: PeerState, env: PeerEnv): readonly PeerAction[] {
  if (env.nowMs - peer.announcedAtMs < ANNOUNCE_EVERY_MS) return NOTHING;
  peer.announcedAtMs = env.nowMs;
  const told: Hash256[] = [];
  for (const [key, txid] of peer.announcements) {
    if (told.length === ANNOUNCED_MAX) break;
    peer.announcements.delete(key);
    if (peer.knownTransactions.has(txid)) continue;
    peer.knownTransactions.add(txid);
    told.push(txid);
  }
  return told.length === 0 ? NOTHING : [announcement(TYPE_TRANSACTION, told)];
}

import { PAYLOAD_BYTES_MAX } from "#shared/codec/messages/frame.ts";
import { decodeInventory, encodeInventory } from "#shared/codec/messages/inventory.ts";
import {
  decodeLocator,
  decodeVersionedLocator,
  type Locator,
} from "#shared/codec/messages/locator.ts";
import { encodeAddresses, type NetworkAddress } from "#shared/codec/messages/network-address.ts";
import type { DecodeFault } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import { HEADERS_MAX } from "#shared/p2p/header-sync.ts";
import { TYPE_BLOCK, TYPE_TRANSACTION, toWanted } from "#shared/p2p/inventory-type.ts";
import { KEPT } from "#shared/p2p/message-limits.ts";
import type { PeerAction } from "#shared/p2p/peer-action.ts";
import type { PeerEnv, PeerInput, WantedItem } from "#shared/p2p/peer-input.ts";
import {
  dropped,
  end,
  type Handler,
  NOTHING,
  type PeerState,
  send,
} from "#shared/p2p/peer-state.ts";
import { type Hash256, unixSeconds } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import type { Result } from "#shared/primitives/result.ts";

type Answer<Kind extends PeerInput["kind"]> = Extract<PeerInput, { kind: Kind }>;

/** Most hashes of a locator. @source exos-l1.md 7.4 */
const LOCATOR_MAX = 101;
/** Hashes of an answer to `getblocks` that has a continuation. @source exos-l1.md 7.4 */
const BLOCKS_MAX = 500;
const ADDRESSES_MAX = 1000;
/** Most items of one `inv`. @source exos-l1.md 7.4 */
const INVENTORY_MAX = 50_000;

export const onGetHeaders: Handler = (peer, payload, env) =>
  headersWish(peer, "getheaders", decodeVersionedLocator(payload), env);

/** Answered whatever version the peer has, as by the reference [seen]. */
export const onGetProvenHeaders: Handler = (peer, payload, env) =>
  headersWish(peer, "getprovhdr", decodeLocator(payload), env);

function headersWish(
  peer: PeerState,
  command: "getheaders" | "getprovhdr",
  decoded: Result<Locator, DecodeFault>,
  env: PeerEnv,
): readonly PeerAction[] {
  const wish = checkLocator(peer, command, decoded);
  if (!wish.ok) return wish.error;
  if (peer.buckets.headersWanted.take(1, env.nowMs) === 0) return [dropped(command, "too often")];
  const { hashes, stop } = wish.value;
  return [{ kind: "headersWanted", locator: hashes, stop, proven: command === "getprovhdr" }];
}

export const onGetBlocks: Handler = (peer, payload, env) => {
  const wish = checkLocator(peer, "getblocks", decodeVersionedLocator(payload));
  if (!wish.ok) return wish.error;
  if (peer.buckets.blocksWanted.take(1, env.nowMs) === 0)
    return [dropped("getblocks", "too often")];
  const { hashes, stop } = wish.value;
  return [{ kind: "blocksWanted", locator: hashes, stop }];
};

/** A locator of a length that is answered; an empty one finds nothing, so nothing is looked for. */
function checkLocator(
  peer: PeerState,
  command: string,
  decoded: Result<Locator, DecodeFault>,
): Result<Locator, readonly PeerAction[]> {
  if (!decoded.ok) {
    const detail = `${command}: ${decoded.error.message}`;
    return { ok: false, error: end(peer, "message unreadable", detail) };
  }
  const count = decoded.value.hashes.length;
  if (count > LOCATOR_MAX) {
    return { ok: false, error: end(peer, "locator of more than 101 hashes", `${count}`) };
  }
  return count === 0 ? { ok: false, error: [dropped(command, "not wanted")] } : decoded;
}

/** What does not fit into the list of unanswered items is left aside. */
export const onGetData: Handler = (peer, payload) => {
  const decoded = decodeInventory(payload);
  if (!decoded.ok) return end(peer, "message unreadable", `getdata: ${decoded.error.message}`);
  const wanted = toWanted(decoded.value);
  const items = wanted.slice(0, KEPT.wanted - peer.wanted);
  peer.wanted += items.length;
  const rest: PeerAction[] = items.length < wanted.length ? [dropped("getdata", "too often")] : [];
  return items.length === 0 ? rest : [{ kind: "dataWanted", items }, ...rest];
};

export const onMempool: Handler = (peer, _payload, env) =>
  peer.buckets.mempool.take(1, env.nowMs) === 0
    ? [dropped("mempool", "too often")]
    : [{ kind: "mempoolWanted" }];

/** Answered once, and only to who dialled us: a list of peers tells who we are. */
export const onGetAddresses: Handler = (peer) => {
  if (!peer.setup.inbound) return [dropped("getaddr", "not wanted")];
  if (peer.addressesGiven) return [dropped("getaddr", "already answered")];
  peer.addressesGiven = true;
  return [{ kind: "addressesWanted" }];
};

/** As many as fit into one message, from the lowest on. */
export function giveHeaders(
  peer: PeerState,
  { proven, headers }: Answer<"headersFound">,
): readonly PeerAction[] {
  const tail = proven ? 0 : peer.setup.dialect.wire.blockSignature ? 2 : 1;
  let size = 9;
  let count = 0;
  for (const header of headers) {
    size += header.length + tail;
    if (size > PAYLOAD_BYTES_MAX || count === HEADERS_MAX) break;
    count++;
  }
  const writer = new Writer(size).length(count);
  for (const header of headers.slice(0, count)) {
    writer.bytes(header);
    for (let zero = 0; zero < tail; zero++) writer.u8(0);
  }
  return [send(proven ? "provhdr" : "headers", writer.finish())];
}

/** Hashes of blocks; a full list has a continuation. */
export function giveInventory(
  peer: PeerState,
  { hashes }: Answer<"inventoryFound">,
): readonly PeerAction[] {
  if (hashes.length === 0) return NOTHING;
  peer.continuation = hashes.length < BLOCKS_MAX ? undefined : hashes[BLOCKS_MAX - 1];
  return [announcement(TYPE_BLOCK, hashes.slice(0, BLOCKS_MAX))];
}

/** An `inv` of things of one type. */
export function announcement(type: number, hashes: readonly Hash256[]): PeerAction {
  return send("inv", encodeInventory(hashes.map((hash) => ({ type, hash }))));
}

/** A block; after the last of a full list the tip is told, so that the peer asks for more. */
export function giveBlock(
  peer: PeerState,
  { hash, bytes }: Answer<"block">,
  env: PeerEnv,
): readonly PeerAction[] {
  peer.wanted = Math.max(0, peer.wanted - 1);
  peer.knownBlocks.add(hash);
  const block = send("block", bytes);
  if (peer.continuation === undefined || !equalBytes(hash, peer.continuation)) return [block];
  peer.continuation = undefined;
  return [block, announcement(TYPE_BLOCK, [env.tip])];
}

export function giveTransaction(
  peer: PeerState,
  { txid, bytes }: Answer<"transaction">,
): readonly PeerAction[] {
  peer.wanted = Math.max(0, peer.wanted - 1);
  peer.knownTransactions.add(txid);
  return [send("tx", bytes)];
}

/** Absence is answered by silence, or in Bitcoin's dialect by `notfound`. */
export function giveAbsence(peer: PeerState, items: readonly WantedItem[]): readonly PeerAction[] {
  peer.wanted = Math.max(0, peer.wanted - items.length);
  if (!peer.setup.dialect.notFound || items.length === 0) return NOTHING;
  return [
    send(
      "notfound",
      encodeInventory(
        items.map(({ type, hash }) => ({
          type: type === "block" ? TYPE_BLOCK : TYPE_TRANSACTION,
          hash,
        })),
      ),
    ),
  ];
}

/** Addresses, none of which says when it was last heard of. */
export function giveAddresses(addresses: readonly NetworkAddress[]): readonly PeerAction[] {
  if (addresses.length === 0) return NOTHING;
  const known = addresses
    .slice(0, ADDRESSES_MAX)
    .map((address) => ({ ...address, time: unixSeconds(0) }));
  return [send("addr", encodeAddresses(known))];
}

/** All transactions of the pool, by their hashes. */
export function giveMempool(peer: PeerState, txids: readonly Hash256[]): readonly PeerAction[] {
  const actions: PeerAction[] = [];
  for (let from = 0; from < txids.length; from += INVENTORY_MAX) {
    const part = txids.slice(from, from + INVENTORY_MAX);
    for (const txid of part) peer.knownTransactions.add(txid);
    actions.push(announcement(TYPE_TRANSACTION, part));
  }
  return actions;
}

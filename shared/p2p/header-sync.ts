import { HEADER_BYTES, hashHeader } from "#shared/codec/header.ts";
import { decodeHeaders, decodeProvenHeaders } from "#shared/codec/messages/headers.ts";
import { encodeLocator, encodeVersionedLocator } from "#shared/codec/messages/locator.ts";
import { listCount } from "#shared/p2p/list-count.ts";
import type { PeerAction, PlainHeader } from "#shared/p2p/peer-action.ts";
import type { PeerEnv, PeerInput } from "#shared/p2p/peer-input.ts";
import {
  dropped,
  end,
  type Handler,
  NOTHING,
  type PeerState,
  send,
} from "#shared/p2p/peer-state.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { hashKey } from "#shared/primitives/hash-key.ts";

type RequestHeaders = Extract<PeerInput, { kind: "requestHeaders" }>;

/** Most headers of one message. @source exos-l1.md 7.4 */
export const HEADERS_MAX = 2000;
/** How often the node shall look anew where a peer stands. @source exos-l1.md 7.6 */
const SYNC_EVERY_MS = 10 * 60_000;
/**
 * From one request to the same again: the reference bans for an hour who repeats a locator ten
 * times in ten seconds.
 *
 * @source exos-l1.md 7.6
 */
const REPEAT_AFTER_MS = 1000;
/** Answers that may still come: an unknown locator is answered by silence, which is never known. */
const HEADERS_ASKED_MAX = 10;

/**
 * Below the last checkpoint headers are asked for without proofs; above it with them, and of a
 * peer too old to have such, nothing. Where headers prove themselves there is one way to ask.
 *
 * @source exos-l1.md 7.6
 */
export function requestHeaders(
  peer: PeerState,
  input: RequestHeaders,
  env: PeerEnv,
): readonly PeerAction[] {
  const { dialect, lastCheckpoint } = peer.setup;
  const proven = dialect.provenVersion !== undefined && input.height >= lastCheckpoint;
  if (proven && peer.spoken < dialect.provenVersion) return NOTHING;

  const [first] = input.locator;
  if (first === undefined) return NOTHING;
  const key = hashKey(first);
  const last = peer.headersRequest;
  if (last?.key === key && env.nowMs - last.atMs < REPEAT_AFTER_MS) {
    peer.headersWaiting = input;
    return NOTHING;
  }
  peer.headersRequest = { key, proven, atMs: env.nowMs };
  peer.headersAsked = Math.min(HEADERS_ASKED_MAX, peer.headersAsked + 1);
  peer.headersWaiting = undefined;
  const wish = { hashes: input.locator, stop: input.stop };
  return proven
    ? [send("getprovhdr", encodeLocator(wish))]
    : [send("getheaders", encodeVersionedLocator({ version: peer.spoken, ...wish }))];
}

/** What is due: a request that had to wait, or a look at where the peer stands. */
export function checkHeaderSync(peer: PeerState, env: PeerEnv): readonly PeerAction[] {
  if (peer.headersWaiting !== undefined) return requestHeaders(peer, peer.headersWaiting, env);
  if (env.nowMs - peer.syncedAtMs < SYNC_EVERY_MS) return NOTHING;
  peer.syncedAtMs = env.nowMs;
  return [{ kind: "syncWanted" }];
}

/** Headers without proofs. Where proofs exist they count only if we asked without. */
export const onHeaders: Handler = (peer, payload, env) => {
  const { dialect } = peer.setup;
  if (dialect.provenVersion !== undefined && peer.headersRequest?.proven !== false) {
    return [dropped("headers", "not wanted")];
  }
  const refused = checkCount(peer, "headers", payload, env);
  if (refused !== undefined) return refused;
  const decoded = decodeHeaders(payload, dialect.wire);
  if (!decoded.ok) return end(peer, "message unreadable", `headers: ${decoded.error.message}`);
  const headers: PlainHeader[] = decoded.value.map((header) => ({
    header,
    hash: hashHeader(header, dialect.wire),
  }));
  return presented(peer, headers) ?? [{ kind: "headers", proven: false, headers }];
};

/** Headers with their proofs, asked for or announced. */
export const onProvenHeaders: Handler = (peer, payload, env) => {
  const refused = checkCount(peer, "provhdr", payload, env);
  if (refused !== undefined) return refused;
  const decoded = decodeProvenHeaders(payload, peer.setup.dialect.wire);
  if (!decoded.ok) return end(peer, "message unreadable", `provhdr: ${decoded.error.message}`);
  const headers = decoded.value;
  return presented(peer, headers) ?? [{ kind: "headers", proven: true, headers }];
};

/** What becomes of too many, or of more than blocks can come where they do not answer us. */
function checkCount(
  peer: PeerState,
  command: "headers" | "provhdr",
  payload: Uint8Array,
  env: PeerEnv,
): readonly PeerAction[] | undefined {
  const count = listCount(payload, HEADER_BYTES);
  if (count > HEADERS_MAX) return end(peer, "more than 2000 headers", `${count}`);
  if (peer.headersAsked > 0) {
    peer.headersAsked--;
    return undefined;
  }
  const cost = Math.max(1, count);
  const isAllowed = peer.buckets.headers.take(cost, env.nowMs) === cost;
  return isAllowed ? undefined : [dropped(command, "too often")];
}

/** Each must be the parent of the next. @source exos-l1.md 3.1 */
function presented(
  peer: PeerState,
  headers: readonly { readonly header: BlockHeader; readonly hash: Hash256 }[],
): readonly PeerAction[] | undefined {
  let previous: Hash256 | undefined;
  for (const { header, hash } of headers) {
    if (previous !== undefined && !equalBytes(header.prev, previous)) {
      return end(peer, "headers do not follow one another");
    }
    previous = hash;
    peer.knownBlocks.add(hash);
  }
  return undefined;
}

import type { KnownAddress } from "#shared/codec/messages/network-address.ts";
import type { ProvenHeader } from "#shared/codec/proven-header.ts";
import type { EndReason } from "#shared/p2p/end-reason.ts";
import type { WantedItem } from "#shared/p2p/peer-input.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import type { ErrorCode } from "#shared/primitives/error-catalogue.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";

/** A header without a proof, and its hash. */
export interface PlainHeader {
  readonly header: BlockHeader;
  readonly hash: Hash256;
}

/** What a peer said of itself. */
export interface PeerGreeting {
  /** What is spoken: the lower of both versions. */
  readonly version: number;
  /** Bits of what it offers. */
  readonly services: bigint;
  readonly userAgent: string;
  /** Height of its tip when it connected; nobody checked it. */
  readonly startHeight: number;
  /** Whether it wants transactions announced. */
  readonly relay: boolean;
  /** Its clock minus ours, as bad as it may be. */
  readonly timeOffsetSeconds: number;
}

/**
 * What is to be done, in this order. Bytes of a received message are views of it: copy what
 * outlives the handling of the actions.
 */
export type PeerAction =
  | { readonly kind: "send"; readonly command: string; readonly payload: Uint8Array }
  /** Close; the peer may come back. Nothing follows it. */
  | {
      readonly kind: "disconnect";
      readonly reason: EndReason;
      readonly detail: string;
      readonly code: ErrorCode;
    }
  /** Close, and stay away from it for so long. Nothing follows it. */
  | {
      readonly kind: "ban";
      readonly seconds: number;
      readonly reason: EndReason;
      readonly detail: string;
      readonly code: ErrorCode;
    }
  /** The handshake is done. */
  | ({ readonly kind: "ready" } & PeerGreeting)
  /** At most 2,000, each the parent of the next; none: the peer has nothing above the locator. */
  | {
      readonly kind: "headers";
      readonly proven: true;
      readonly headers: readonly ProvenHeader[];
    }
  | {
      readonly kind: "headers";
      readonly proven: false;
      readonly headers: readonly PlainHeader[];
    }
  /** One that was asked for, undecoded; `hash` is that of its header. */
  | { readonly kind: "block"; readonly hash: Hash256; readonly bytes: Uint8Array }
  | { readonly kind: "transaction"; readonly transaction: HashedTransaction }
  /** By `inv`. */
  | { readonly kind: "blocksAnnounced"; readonly hashes: readonly Hash256[] }
  | { readonly kind: "transactionsAnnounced"; readonly txids: readonly Hash256[] }
  /** The peer has not got these, though they were asked for. */
  | { readonly kind: "notFound"; readonly items: readonly WantedItem[] }
  | { readonly kind: "addresses"; readonly addresses: readonly KnownAddress[] }
  | {
      readonly kind: "headersWanted";
      readonly locator: readonly Hash256[];
      readonly stop: Hash256;
      readonly proven: boolean;
    }
  /** By `getblocks`: the hashes of at most 500 blocks. */
  | {
      readonly kind: "blocksWanted";
      readonly locator: readonly Hash256[];
      readonly stop: Hash256;
    }
  | { readonly kind: "dataWanted"; readonly items: readonly WantedItem[] }
  | { readonly kind: "addressesWanted" }
  | { readonly kind: "mempoolWanted" }
  /** It is time to ask for headers: make a locator and come back with `requestHeaders`. */
  | { readonly kind: "syncWanted" }
  /** A ping was answered. */
  | { readonly kind: "latency"; readonly ms: number }
  /** A message, or a part of it, was left aside; for counters and the debug log. */
  | { readonly kind: "dropped"; readonly command: string; readonly reason: DropReason };

/** Why something that was sent is not looked at. */
export type DropReason =
  | "unknown command"
  | "too often"
  | "before the handshake"
  | "not asked for"
  | "initial download"
  | "not wanted"
  | "already answered"
  | "own limit"
  | "rule broken by a peer that is vouched for";

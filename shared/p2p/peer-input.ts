import type { NetworkAddress } from "#shared/codec/messages/network-address.ts";
import type { FrameFault } from "#shared/p2p/frame-reader.ts";
import type { Hash256, Height, UnixSeconds } from "#shared/primitives/brand.ts";

/** The world as it is when something comes in. */
export interface PeerEnv {
  /** Monotonic, in milliseconds, from any origin. */
  readonly nowMs: number;
  /** The own clock, for the `version` message. */
  readonly time: UnixSeconds;
  /** Of the own tip. */
  readonly height: Height;
  readonly tip: Hash256;
  /** Whether the node is far behind: transactions are not asked for, blocks not announced. */
  readonly initialDownload: boolean;
}

/** One block as it is announced. */
export interface AnnouncedBlock {
  readonly hash: Hash256;
  /** 80 bytes. */
  readonly header: Uint8Array;
  /** The encoded proven header, where the network has such. */
  readonly proven: Uint8Array | undefined;
}

/** What drives a peer: the connection, the clock, and the node's own wishes and answers. */
export type PeerInput =
  /** The connection stands. */
  | { readonly kind: "opened" }
  /** A whole message whose checksum is right. The payload is only read before `handle` returns. */
  | { readonly kind: "message"; readonly command: string; readonly payload: Uint8Array }
  /** The frame reader, or whoever decodes a block, cannot read what was sent. */
  | { readonly kind: "unreadable"; readonly reason: FrameFault }
  /** Time passed; once a second is often enough. */
  | { readonly kind: "tick" }
  /** Send a ping now, unless one is on its way. */
  | { readonly kind: "ping" }
  /**
   * Ask for headers after the first hash of the locator that the peer knows. What is sent depends
   * on what was negotiated; it may be nothing.
   */
  | {
      readonly kind: "requestHeaders";
      readonly locator: readonly Hash256[];
      readonly stop: Hash256;
      /** Of the locator's first hash: the best header known of this peer, or the own tip. */
      readonly height: Height;
    }
  | { readonly kind: "requestBlocks"; readonly hashes: readonly Hash256[] }
  | { readonly kind: "requestTransactions"; readonly txids: readonly Hash256[] }
  /** Oldest first, linked to one another. */
  | { readonly kind: "announceBlocks"; readonly headers: readonly AnnouncedBlock[] }
  | { readonly kind: "announceTransactions"; readonly txids: readonly Hash256[] }
  /**
   * Answers `headersWanted`: headers of 80 bytes, or encoded proven headers, in their order;
   * none where the peer stands at the tip. For a locator that is not known nothing is given in.
   */
  | {
      readonly kind: "headersFound";
      readonly proven: boolean;
      readonly headers: readonly Uint8Array[];
    }
  /** Answers `blocksWanted`: at most 500, in their order. */
  | { readonly kind: "inventoryFound"; readonly hashes: readonly Hash256[] }
  /** Answers one item of `dataWanted`. */
  | { readonly kind: "block"; readonly hash: Hash256; readonly bytes: Uint8Array }
  | { readonly kind: "transaction"; readonly txid: Hash256; readonly bytes: Uint8Array }
  /** Answers the items of `dataWanted` that are not there. */
  | { readonly kind: "missing"; readonly items: readonly WantedItem[] }
  /** Answers `addressesWanted`. */
  | { readonly kind: "addressesFound"; readonly addresses: readonly NetworkAddress[] }
  /** Answers `mempoolWanted`. */
  | { readonly kind: "mempoolFound"; readonly txids: readonly Hash256[] }
  /** What the peer sent, or claims as its chain, was judged bad: see `blameOf`. */
  | { readonly kind: "violation"; readonly reason: string };

/** A block or transaction that a peer asked for. */
export interface WantedItem {
  readonly type: "block" | "transaction";
  readonly hash: Hash256;
  /** Whether its witnesses are asked for. */
  readonly witness: boolean;
}

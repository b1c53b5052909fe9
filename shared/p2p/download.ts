import type { Hash256, Height } from "#shared/primitives/brand.ts";

/** A block that is missing, on the chain that is wanted. */
export interface MissingBlock {
  readonly hash: Hash256;
  readonly height: Height;
}

/** What to ask of one peer, lowest block first. */
export interface DownloadOrder {
  readonly peer: string;
  readonly hashes: readonly Hash256[];
}

/** What became of a block that came in. */
export type Arrival =
  /** It was wanted, and is so no longer. */
  | "wanted"
  /** It came already, or is not on the chain that is wanted. */
  | "unwanted";

/** A peer that let others overtake it: its blocks were handed over to whoever is next. */
export interface StalledPeer {
  readonly peer: string;
  readonly hashes: readonly Hash256[];
}

/**
 * Which block is asked of which peer. All peers share one window over the chain that is wanted; it
 * begins at the lowest missing block, so that one slow peer holds up nobody for longer than its
 * time-out.
 */
export interface Download {
  /** Put the missing blocks of a chain in the place of those from the first one's height on. */
  want(blocks: readonly MissingBlock[]): void;
  /** Nothing at this height and above is wanted any more: their headers proved bad. */
  unwant(from: Height): void;
  /** The peer presented the wanted chain up to this height, inclusive; 0: nothing of it. */
  peerHas(peer: string, upTo: Height): void;
  /** What to ask for now, within the window and the limits of each peer. */
  next(nowMs: number): readonly DownloadOrder[];
  /** A block came, from whoever. */
  arrived(peer: string, block: { readonly hash: Hash256; readonly bytes: number }): Arrival;
  /** What came, or was said to be absent, is of no use: others are asked, this peer no more. */
  refused(peer: string, hashes: readonly Hash256[]): void;
  /** Take their blocks from peers that are late; each is asked for less from now on. */
  stalled(nowMs: number): readonly StalledPeer[];
  /** Hand everything over that was asked of a peer that is gone. */
  dropPeer(peer: string): void;
  /** Blocks wanted that did not come, asked for or not. */
  readonly missing: number;
  readonly inFlight: number;
}

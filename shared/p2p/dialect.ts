import type { Network } from "#shared/consensus/params.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";

/** How the nodes of one network talk: what differs between EXOS and Bitcoin, as data. */
export interface PeerDialect {
  readonly wire: WireFormat;
  /** Four bytes before every message. */
  readonly magic: Uint8Array;
  /** Ours, of the protocol; what two nodes speak is the lower of theirs. */
  readonly version: number;
  /** Lowest that is spoken with. */
  readonly versionMin: number;
  /**
   * Lowest that serves headers with their proofs, by `provhdr`; `undefined` where headers prove
   * themselves.
   */
  readonly provenVersion: number | undefined;
  /** Whether blocks and transactions are asked for with their witnesses, by bit 30. */
  readonly witness: boolean;
  /** Whether `notfound` answers what is not there; else silence does. */
  readonly notFound: boolean;
  /** Bits of what a whole node offers. */
  readonly services: bigint;
}

/** Has the chain, and serves it. */
export const NODE_NETWORK = 1n;
/** Serves witnesses. */
export const NODE_WITNESS = 8n;

const EXOS = {
  version: 70_012,
  versionMin: 70_000,
  provenVersion: 70_012,
  witness: false,
  notFound: false,
  services: NODE_NETWORK,
} as const;

const BITCOIN = {
  version: 70_016,
  versionMin: 70_001,
  provenVersion: undefined,
  witness: true,
  notFound: true,
  services: NODE_NETWORK | NODE_WITNESS,
} as const;

/** What is spoken on a network. @source exos-l1.md 7.2; networks.md */
export function dialectOf({ magic, consensus }: Pick<Network, "magic" | "consensus">): PeerDialect {
  const own = consensus.dialect === "bitcoin" ? BITCOIN : EXOS;
  return { ...own, magic, wire: consensus.wire };
}

import type { Chain } from "#services/rpc/views/chain.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { HashHex, Height } from "#shared/primitives/brand.ts";

/** Headers that a proof carries at most. @source interfaces.md 3.2 */
export const HEADERS_ABOVE_MAX = 600;

/** A block that whoever checks a proof can know from elsewhere, and the headers up to it. */
export interface Anchor {
  readonly kind: "tip" | "checkpoint" | "final";
  readonly height: Height;
  readonly hash: HashHex;
  /** 80 bytes each, from the block above the proven one up to the anchor. */
  readonly headers: readonly Uint8Array[];
}

/** The tip where it is near; else the next checkpoint; else the block that made this one final. */
export async function anchorOf(
  record: HeaderRecord,
  chain: Chain,
  params: Pick<ConsensusParams, "checkpoints" | "reorgBlocksMax">,
): Promise<Anchor> {
  const reach = record.height + HEADERS_ABOVE_MAX;
  if (chain.tip.height <= reach) return collect("tip", record, chain.tip.height, chain);
  const checkpoint = params.checkpoints.find(
    ({ height }) => height >= record.height && height <= reach,
  );
  if (checkpoint !== undefined) return collect("checkpoint", record, checkpoint.height, chain);
  return collect("final", record, record.height + params.reorgBlocksMax, chain);
}

async function collect(
  kind: Anchor["kind"],
  record: HeaderRecord,
  end: number,
  chain: Chain,
): Promise<Anchor> {
  const heights = Array.from(
    { length: end - record.height },
    (_, place) => record.height + 1 + place,
  );
  const above = (await chain.headersAt(heights)).map((stored) => stored.record);
  const { height, hash } = above.at(-1) ?? record;
  return { kind, height, hash, headers: above.map(({ header }) => header.bytes) };
}

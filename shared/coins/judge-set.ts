import type { Network } from "#shared/consensus/params.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { SnapshotManifest } from "./snapshot-manifest.ts";

/** A set that somebody wrote down. */
export type ToldSet = Pick<SnapshotManifest, "height" | "hash" | "muhash">;

/** What sets are held against. */
export interface SetTrust {
  readonly network: Pick<Network, "name" | "kind"> & {
    readonly consensus: Pick<Network["consensus"], "pinnedSets">;
  };
  /** The set hash that somebody vouches for: an operator, or three cities. */
  readonly trust?: HashHex | undefined;
}

/** Who stands behind a set; where nobody needs to, it is a network for development. */
export type SetVoucher = "pinned" | "named" | "development";

/**
 * Whether a set may be taken for the coins at its block: one that the network pins, or that somebody
 * vouches for. No word counts against a pin.
 *
 * @returns why not, with the digests that differ
 * @source cloud.md 5.4 "Trust"
 */
export function judgeSet(
  { height, hash, muhash }: ToldSet,
  { network, trust }: SetTrust,
): Result<SetVoucher, string> {
  const pin = network.consensus.pinnedSets.find((one) => one.height === height);
  if (pin !== undefined && toHashHex(pin.muhash) !== muhash) {
    const pinned = toHashHex(pin.muhash);
    return refused(
      `${network.name} pins the set hash ${pinned} at ${height}, and this is ${muhash}`,
    );
  }
  if (pin !== undefined && toHashHex(pin.hash) !== hash) {
    const pinned = toHashHex(pin.hash);
    return refused(`${network.name} pins the block ${pinned} at ${height}, and this is of ${hash}`);
  }
  if (trust !== undefined && trust !== muhash) {
    return refused(`its set hash is not ${trust}, but ${muhash}`);
  }
  if (pin !== undefined) return { ok: true, value: "pinned" };
  if (trust !== undefined) return { ok: true, value: "named" };
  if (network.kind === "regtest") return { ok: true, value: "development" };
  return refused(`nobody vouches for its set hash ${muhash}: name one with --trust`);
}

function refused(error: string): Result<never, string> {
  return { ok: false, error };
}

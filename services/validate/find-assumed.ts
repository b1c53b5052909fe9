import { decodeHeader, hashHeader } from "#shared/codec/header.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { type ChainFile, detectFraming, readChainFile } from "./chain-file.ts";

/** Headers that are remembered while looking for a branch; beyond them nothing is assumed. */
const HEADERS_MAX = 2_000_000;

/**
 * The block that the operator vouches for, and its ancestors, as far as these files hold them: what
 * assume-valid exempts from partial and full rules. Reads every header once, and judges nothing.
 *
 * @returns nothing when the block is in none of the files
 * @throws StoreFault when a file cannot be read
 * @source exos-l1.md 3.6
 */
export async function findAssumed(
  vouched: HashHex,
  files: readonly ChainFile[],
  network: Network,
): Promise<ReadonlySet<HashHex>> {
  const parents = new Map<HashHex, HashHex>();
  for (const file of files) {
    const framing = await detectFraming(file, network);
    // What is wrong with a file is told by who imports it.
    if (!framing.ok) break;
    const { magic, consensus } = network;
    for await (const slice of readChainFile(file, { kind: framing.value, magic })) {
      if (!slice.ok || parents.size >= HEADERS_MAX) break;
      for (const { block } of slice.value) {
        const header = decodeHeader(block);
        if (!header.ok) continue;
        const hash = toHashHex(hashHeader(header.value, consensus.wire));
        parents.set(hash, toHashHex(header.value.prev));
      }
    }
  }
  const assumed = new Set<HashHex>();
  for (let at = vouched, prev = parents.get(at); prev !== undefined; prev = parents.get(at)) {
    assumed.add(at);
    at = prev;
  }
  return assumed;
}

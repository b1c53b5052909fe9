import type { Tip } from "#shared/coins/tip.ts";
import { FROZEN_GROUP } from "#shared/coins/view.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import { type Hash256, type HashHex, type Height, height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { IngestDeps } from "./deps.ts";

type Stores = Pick<IngestDeps, "coins" | "headers">;

/** Hashes of these heights of a committed tip's chain, as far as it has them. */
export async function hashesAt(
  heights: readonly Height[],
  tip: Tip,
  { coins }: Pick<Stores, "coins">,
): Promise<HashHex[]> {
  const hashes: HashHex[] = [];
  for (const at of heights) {
    const hash = await activeHashAt(at, tip, coins);
    if (hash !== undefined) hashes.push(hash);
  }
  return hashes;
}

/** Hashes from one height to another, both inclusive, reading each frozen group once. */
export async function hashRange(
  from: number,
  to: number,
  tip: Tip,
  { coins }: Pick<Stores, "coins">,
): Promise<HashHex[]> {
  const hashes: HashHex[] = [];
  let group: readonly HashHex[] = [];
  let read = -1;
  for (let at = from; at <= Math.min(to, tip.height); at++) {
    const number = Math.floor(at / FROZEN_GROUP);
    if (at < tip.base && number !== read) {
      group = (await coins.frozen(number)) ?? [];
      read = number;
    }
    const hash = at < tip.base ? group[at % FROZEN_GROUP] : tip.win[at - tip.base];
    if (hash === undefined) break;
    hashes.push(hash);
  }
  return hashes;
}

/**
 * The first block of a locator that is on our chain.
 *
 * @returns `undefined` when none of them is
 * @source exos-l1.md 7.4
 */
export async function findCommon(
  locator: readonly Hash256[],
  tip: Tip,
  stores: Stores,
): Promise<Height | undefined> {
  for (const hash of locator) {
    const stored = await stores.headers.get(toHashHex(hash));
    if (stored !== undefined && (await isActive(stored, tip, stores))) return stored.record.height;
  }
  return undefined;
}

/** Where the last header goes that a request wants, at most `limit` above its first. */
export async function findEnd(
  stop: Hash256,
  from: Height,
  { tip, limit, stores }: { readonly tip: Tip; readonly limit: number; readonly stores: Stores },
): Promise<Height> {
  const furthest = height(Math.min(tip.height, from + limit));
  const stored = await stores.headers.get(toHashHex(stop));
  if (stored === undefined || !(await isActive(stored, tip, stores))) return furthest;
  return height(Math.min(furthest, stored.record.height));
}

async function isActive({ record }: StoredHeader, tip: Tip, { coins }: Stores): Promise<boolean> {
  return (await activeHashAt(record.height, tip, coins)) === record.hash;
}

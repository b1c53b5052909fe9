import { hash256Many } from "#shared/crypto/hash256-many.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";

/** The hashes beside the way from one leaf up to the root, lowest first; odd rows repeat the last. */
export function merkleBranch(leaves: readonly Hash256[], position: number): Hash256[] {
  const branch: Hash256[] = [];
  let row = leaves;
  let place = position;
  while (row.length > 1) {
    const sibling = row[place ^ 1] ?? row[place];
    if (sibling !== undefined) branch.push(sibling);
    row = rowAbove(row);
    place >>= 1;
  }
  return branch;
}

function rowAbove(row: readonly Hash256[]): Hash256[] {
  const pairs: Uint8Array[] = [];
  for (let index = 0; index < row.length; index += 2) {
    const left = row[index];
    if (left === undefined) continue;
    const pair = new Uint8Array(64);
    pair.set(left);
    pair.set(row[index + 1] ?? left, 32);
    pairs.push(pair);
  }
  return hash256Many(pairs);
}

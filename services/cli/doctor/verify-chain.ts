import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { coinAt } from "#shared/coins/coin-at.ts";
import type { Tip } from "#shared/coins/tip.ts";
import { FROZEN_GROUP } from "#shared/coins/view.ts";
import { judgeIntegrity } from "#shared/consensus/judge-integrity.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

type Stores = Pick<EmbeddedNode, "network" | "blocks" | "headers" | "coins" | "folder">;

/** Outputs that one item of the coin store holds. */
const SLOTS = 8;

/** What is wrong with the stored body of a block; `undefined` when nothing is. */
async function faultOfBody(
  hash: HashHex,
  { network, blocks }: Stores,
): Promise<string | undefined> {
  let body: Uint8Array | undefined;
  try {
    body = await blocks.get(hash);
  } catch (cause) {
    if (!(cause instanceof StoreFault)) throw cause;
    return "its bytes fail their checksum";
  }
  if (body === undefined) return "its body is not stored";
  const decoded = decodeBlock(body, network.consensus.wire);
  if (!decoded.ok) return "its bytes are no block";
  return judgeIntegrity(decoded.value, network.consensus)?.code;
}

/**
 * Read the headers of the chain from a height to the tip, and the bodies of those that have one.
 *
 * @param onProgress called with each height
 * @returns a sentence about the first block that is not what its hash names; `undefined`: none
 */
export async function verifyBodies(
  stores: Stores,
  from: number,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (height: number) => void } = {},
): Promise<string | undefined> {
  const tip = await stores.coins.tip();
  if (tip === undefined) return undefined;
  const lowest = Math.max(stores.folder.lowestBody.get(), tip.floor + 1);
  for (let height = Math.max(1, from); height <= tip.height; height++) {
    if (signal?.aborted === true) return undefined;
    const hash = await activeHashAt(height, tip, stores.coins);
    const header = hash === undefined ? undefined : await stores.headers.get(hash);
    if (hash === undefined || header === undefined) return `block ${height}: no header is stored`;
    const fault = height < lowest ? undefined : await faultOfBody(hash, stores);
    if (fault !== undefined) return `block ${height} (${hash}): ${fault}`;
    onProgress?.(height);
  }
  return undefined;
}

/**
 * Count the coins and their supply one by one at the tip.
 *
 * @returns how they differ from the totals that are kept; `undefined` when they do not
 */
export async function verifyCoins(stores: Pick<Stores, "coins">): Promise<string | undefined> {
  const tip = await stores.coins.tip();
  if (tip === undefined) return undefined;
  const recorded = await stores.coins.totals(tip);
  const counted = await countCoins(stores, tip);
  if (counted.coins === recorded.coins && counted.supply === recorded.supply) return undefined;
  const said = `recorded are ${recorded.coins} coins, supply ${recorded.supply}`;
  return `${said}, counted ${counted.coins} and ${counted.supply}`;
}

async function countCoins(
  { coins }: Pick<Stores, "coins">,
  tip: Tip,
): Promise<{ readonly coins: number; readonly supply: bigint }> {
  const frozen = new Map<number, readonly HashHex[]>();
  for (let group = 0; group * FROZEN_GROUP < tip.base; group++) {
    const hashes = await coins.frozen(group);
    if (hashes !== undefined) frozen.set(group, hashes);
  }
  let count = 0;
  let supply = 0n;
  for await (const { item } of coins.scan(tip)) {
    for (let slot = 0; slot < SLOTS; slot++) {
      const coin = coinAt(tip, item, slot, frozen);
      if (coin === undefined) continue;
      count++;
      supply += coin.value;
    }
  }
  return { coins: count, supply };
}

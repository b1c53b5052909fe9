import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { Signer } from "./block-builder.ts";
import { openStakingNode } from "./staking-node.ts";

const BLOCKS = 12;
const COINS = 100;

/** Bodies of a chain of twelve blocks whose premine is the key's, in coins that may stake. */
export async function youngChain(key: Signer): Promise<readonly Uint8Array[]> {
  const { mine, stores } = openStakingNode({ key, network: exosRegtest });
  await mine(BLOCKS, COINS);
  const tip = await stores.coins.tip();
  const bodies: Uint8Array[] = [];
  for (let at = 1; tip !== undefined && at <= tip.height; at++) {
    const hash = await activeHashAt(at, tip, stores.coins);
    const body = hash === undefined ? undefined : await stores.blocks.get(hash);
    if (body !== undefined) bodies.push(body);
  }
  return bodies;
}

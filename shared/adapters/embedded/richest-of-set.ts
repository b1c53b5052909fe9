import { join } from "node:path";
import { SCRIPT_BYTES_MAX } from "#shared/coins/pack-outputs.ts";
import { readSnapshotCoin } from "#shared/coins/snapshot-coin.ts";
import type { SnapshotManifest } from "#shared/coins/snapshot-manifest.ts";
import { HOLDERS_MAX, type RichestAt } from "#shared/ports/rich-list.ts";
import { TopHolders } from "#shared/ports/top-holders.ts";
import { amount } from "#shared/primitives/brand.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import { ownerScript } from "#shared/script/owner-script.ts";
import { readManifest } from "./snapshot-files.ts";
import { ownerKeyOf } from "./sqlite-index-writer.ts";
import { readZstdRecords } from "./zstd-file.ts";

/** What one holder has, while the set is read. */
interface Tally {
  readonly script: Uint8Array;
  readonly key: Uint8Array;
  balance: bigint;
  coins: number;
}

/** Coins whose owners are added up in one pass: half a gigabyte where each has its own. */
const COINS_A_PASS = 1_000_000;
/** Owners are dealt out by the first byte of their key. */
const PASSES_MAX = 256;

/**
 * The richest holders of an unspent set that lies in a folder, whatever its order: each pass adds up
 * a share of the owners, of whom only the richest are kept.
 *
 * @param folder of a set that was written or checked before
 * @param coinsAPass fewer in tests
 * @throws StoreFault, DecodeFault for what is no set
 * @source cloud.md 6
 */
export async function richestOfSet(folder: string, coinsAPass = COINS_A_PASS): Promise<RichestAt> {
  const manifest = readManifest(folder);
  const { height, hash } = manifest;
  const passes = Math.min(PASSES_MAX, Math.max(1, Math.ceil(manifest.coins / coinsAPass)));
  const top = new TopHolders(HOLDERS_MAX);
  for (let pass = 0; pass < passes; pass++) {
    const isIn = (key: Uint8Array): boolean => (key[0] ?? 0) % passes === pass;
    for (const { script, key, balance, coins } of await addUp(folder, manifest, isIn)) {
      top.offer({ script, balance: amount(balance), coins }, key);
    }
  }
  return { at: { height, hash }, holders: top.holders() };
}

async function addUp(
  folder: string,
  { chunks }: Pick<SnapshotManifest, "chunks">,
  isIn: (key: Uint8Array) => boolean,
): Promise<Iterable<Tally>> {
  const tallies = new Map<string, Tally>();
  for (const { name } of chunks) {
    for await (const { coin } of readZstdRecords(join(folder, name), readSnapshotCoin)) {
      if (coin.scriptPubKey.length > SCRIPT_BYTES_MAX) continue;
      const key = ownerKeyOf(coin.scriptPubKey);
      if (key !== undefined && isIn(key)) add(tallies, key, coin);
    }
  }
  return tallies.values();
}

function add(tallies: Map<string, Tally>, key: Uint8Array, { scriptPubKey, value }: Coin): void {
  const name = Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
  const known = tallies.get(name);
  if (known === undefined) {
    // The script is a view of a piece of the file.
    const script = ownerScript(scriptPubKey).slice();
    tallies.set(name, { script, key, balance: value, coins: 1 });
  } else {
    known.balance += value;
    known.coins++;
  }
}

import { createHash } from "node:crypto";
import type { ValidateDeps } from "#services/validate/deps.ts";
import { Writer } from "#shared/codec/writer.ts";
import { writeSnapshotCoin } from "#shared/coins/snapshot-coin.ts";
import { encodeHeaderRecord } from "#shared/consensus/header-record-codec.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import { unspentAt } from "#shared/ports/unspent-at.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** Where a chain ended in some stores, and digests of all that they answer about it. */
export interface FollowedChain {
  readonly height: number;
  readonly hash: string;
  readonly coins: number;
  /** Base units, as text. */
  readonly supply: string;
  readonly muhash: string;
  /** Of every header record, body size and body, from genesis up. */
  readonly blocks: string;
  /** Of every unspent coin, by outpoint. */
  readonly unspent: string;
}

/** Ask stores for everything about their chain. */
export async function readFollowedChain(
  deps: Pick<ValidateDeps, "coins" | "headers" | "blocks">,
): Promise<FollowedChain> {
  const tip = await deps.coins.tip();
  if (tip === undefined) throw new RangeError("no chain was followed");
  const blocks = createHash("sha256");
  for (let at = 0; at <= tip.height; at++) {
    const hash = await activeHashAt(at, tip, deps.coins);
    const header = hash === undefined ? undefined : await deps.headers.get(hash);
    if (hash === undefined || header === undefined) throw new RangeError(`no header at ${at}`);
    const body = at === 0 ? new Uint8Array(0) : await deps.blocks.get(hash);
    if (body === undefined || header.rejected !== undefined) throw new RangeError(`block ${at}`);
    blocks.update(encodeHeaderRecord(header.record)).update(`${header.bodySize} ${header.checked}`);
    blocks.update(body);
  }
  const unspent = createHash("sha256");
  for await (const coin of unspentAt(tip, deps.coins)) {
    const writer = new Writer(256);
    writeSnapshotCoin(coin, writer);
    unspent.update(writer.finish());
  }
  const { coins, supply, muhash } = await deps.coins.totals(tip);
  return {
    height: tip.height,
    hash: tip.hash,
    coins,
    supply: supply.toString(),
    muhash: toHashHex(muhash),
    blocks: blocks.digest("hex"),
    unspent: unspent.digest("hex"),
  };
}

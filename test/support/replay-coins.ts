import { decodeBlock } from "#shared/codec/decode-block.ts";
import { marksOf } from "#shared/coins/marks-of.ts";
import { genesisTip, nextTip } from "#shared/coins/tip.ts";
import { growView, type View } from "#shared/coins/view.ts";
import { describeHeader } from "#shared/consensus/describe-header.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import { loadChain } from "./chain-file.ts";
import type { RecordedChain } from "./recorded-chains.ts";

/** Blocks between two commits. */
const COMMIT_BLOCKS = 32;

/**
 * A recorded chain applied to stores without being judged: what chain state makes of true blocks.
 *
 * @returns the records from genesis to its tip; `undefined` when the file is absent
 */
export async function replayCoins(
  { network, file, framing, from }: RecordedChain,
  stores: { readonly coins: CoinStore; readonly headers: Pick<HeaderStore, "put"> },
): Promise<HeaderRecord[] | undefined> {
  const bodies = loadChain(file, framing === "magic" ? 4 : 0);
  if (bodies === undefined) return undefined;
  const { consensus } = network;
  const { coins, headers } = stores;
  let parent = genesisRecord(network);
  const records = [parent];
  await headers.put(parent);
  const first = genesisTip(parent);
  await coins.commit(0, first);
  let tip = first.tip;
  let view: View = tip;
  for (const [index, body] of bodies.slice(from === 0 ? 1 : 0).entries()) {
    const decoded = decodeBlock(body, consensus.wire);
    if (!decoded.ok) throw decoded.error;
    parent = describeHeader(decoded.value, parent, consensus);
    records.push(parent);
    await headers.put(parent);
    await coins.apply(view.gen, marksOf(decoded.value, parent, consensus));
    view = growView(view, parent);
    if (index % COMMIT_BLOCKS !== 0) continue;
    const next = nextTip(tip, view, consensus);
    await coins.commit(tip.rev, next);
    tip = next.tip;
    view = tip;
  }
  if (view.height > tip.height) await coins.commit(tip.rev, nextTip(tip, view, consensus));
  return records;
}

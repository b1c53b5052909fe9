import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { hashAt } from "#shared/coins/view.ts";
import { height, unixSeconds } from "#shared/primitives/brand.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { buildTransaction, output } from "./block-builder.ts";
import { OWNER } from "./rich-chain.ts";

/** A signed payment of OWNER to itself from what a block of the window mined for OWNER. */
export async function spendCoinbase(
  node: EmbeddedNode,
  at: number,
  fee = 100_000n,
): Promise<HashedTransaction> {
  const tip = await node.coins.tip();
  const hash = tip === undefined ? undefined : hashAt(tip, at);
  const raw = hash === undefined ? undefined : await node.blocks.get(hash);
  const { consensus } = node.network;
  const block = decodeBlock(raw ?? new Uint8Array(0), consensus.wire);
  const coinbase = block.ok ? block.value.transactions[0] : undefined;
  const [made] = coinbase?.outputs ?? [];
  if (coinbase === undefined || made === undefined) throw new RangeError(`no coinbase at ${at}`);
  const { time } = (await node.tip()).header;
  const coin = { ...made, time: coinbase.time, height: height(at), kind: "coinbase" } as const;
  return buildTransaction(
    {
      time: unixSeconds(consensus.wire.transactionTime ? time : 0),
      inputs: [{ outpoint: { txid: coinbase.txid, index: 0 }, coin, by: OWNER }],
      outputs: [output(made.value - fee, OWNER.payToHash)],
    },
    consensus,
  );
}

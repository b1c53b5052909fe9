import { encodeBlock } from "#shared/codec/encode-block.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { height, unixSeconds } from "#shared/primitives/brand.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { buildTransaction, buildWork, output, type Spend } from "./block-builder.ts";
import { OTHER, OWNER, RichChain, START_TIME } from "./rich-chain.ts";

/** A block as it is handed in. */
export interface ChainBlock {
  readonly bytes: Uint8Array;
  readonly record: HeaderRecord;
}

/** One trunk of thirty blocks and branches on it. */
export interface ForkedChain {
  readonly trunk: readonly ChainBlock[];
  /** A branch with 1 to 9 blocks; branches of one width are one chain. */
  branch(blocks: number, width?: 1 | 2 | 3): readonly ChainBlock[];
}

const FEE = 100_000n;
const TRUNK_BLOCKS = 30;

/** What spends the first output of a transaction of this chain. */
function after(tx: HashedTransaction, at: number, by: Spend["by"]): Spend {
  const [made] = tx.outputs;
  if (made === undefined) throw new RangeError("a transaction without outputs");
  const coin = { ...made, time: tx.time, height: height(at), kind: "ordinary" } as const;
  return { outpoint: { txid: tx.txid, index: 0 }, coin, ...(by === undefined ? {} : { by }) };
}

/**
 * A development chain whose branches hold the same payments among others: each block pays out an old
 * coinbase, spends what the block before it paid, and what it pays itself.
 */
export function forkedChain(): ForkedChain {
  const trunk = new RichChain();
  return {
    trunk: blocksOf(trunk, 0),
    branch(blocks, width = 1) {
      const chain = new RichChain();
      let last: HashedTransaction | undefined;
      for (let at = TRUNK_BLOCKS + 1; at <= TRUNK_BLOCKS + blocks; at++) {
        const time = START_TIME + 16 * at;
        const pay = (input: Spend, to: Uint8Array): HashedTransaction =>
          buildTransaction(
            {
              time: unixSeconds(time),
              inputs: [input],
              outputs: [output(input.coin.value - FEE, to)],
            },
            chain.network.consensus,
          );
        // The same in every branch, but for the odd ones.
        const old = chain.coinbaseAt(
          at - TRUNK_BLOCKS + (at % 3 === 0 && width > 1 ? 8 + width : 0),
        );
        const first = pay(old, OTHER.payToHash);
        const second = pay(after(first, at, OTHER), OWNER.payToHash);
        const transactions = [first, second];
        if (last !== undefined) transactions.push(pay(after(last, at - 1, OWNER), OWNER.payToKey));
        last = second;
        const to = [OWNER.payToKey, OWNER.payToHash, OTHER.payToKey][width - 1] ?? OWNER.payToKey;
        chain.append(buildWork(chain.place, to, { time, transactions }));
      }
      return blocksOf(chain, TRUNK_BLOCKS);
    },
  };
}

function blocksOf(chain: RichChain, from: number): ChainBlock[] {
  return chain.blocks.slice(from).map((block, index) => {
    const record = chain.records[from + index + 1];
    if (record === undefined) throw new RangeError("a block without a record");
    return { bytes: encodeBlock(block, chain.network.consensus.wire), record };
  });
}

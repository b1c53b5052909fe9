import type { CityTable } from "#shared/adapters/aws/table-shapes.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { marksOf } from "#shared/coins/marks-of.ts";
import { genesisTip, nextTip, withTotals } from "#shared/coins/tip.ts";
import { growView, type View } from "#shared/coins/view.ts";
import { inParallel } from "#shared/ports/in-parallel.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { countTotals } from "../coin-chain.ts";
import { RichChain } from "../rich-chain.ts";
import { openTablesValidator, type TablesValidator } from "./tables-validator.ts";

/** The height at which a tip's window is largest: one block more, and 64 of them are frozen. */
export const LARGEST_WINDOW = 563;

const SEEDED_AT_ONCE = 16;

/** A chain of proof of work, and a city that has followed it. */
export interface SettledCity extends TablesValidator {
  readonly chain: RichChain;
  /** Make the next block of the chain, a staked one or not. @returns its bytes */
  next(kind: "work" | "stake"): Uint8Array;
}

/**
 * @param blocks of the chain, put into the tables as a city that judged them left them
 * @param wanted tables that are made; those of the chain unless said
 */
export async function openSettledCity(
  blocks: number,
  wanted?: readonly CityTable[],
): Promise<SettledCity> {
  const chain = new RichChain();
  while (chain.blocks.length < blocks) chain.append(chain.work());
  const city = await openTablesValidator(chain.network, unixSeconds(chain.now + 100_000), wanted);
  const { headers, coins } = city.deps;
  const [genesis, ...records] = chain.records;
  if (genesis === undefined) throw new RangeError("a chain has a genesis");
  await inParallel(chain.records, SEEDED_AT_ONCE, (record) => headers.put(record));
  await inParallel(chain.blocks, SEEDED_AT_ONCE, async (block) => {
    const record = records[chain.blocks.indexOf(block)];
    if (record !== undefined) await coins.apply(0, marksOf(block, record, chain.network.consensus));
  });
  const first = genesisTip(genesis);
  await coins.commit(0, first);
  const view = records.reduce<View>((at, record) => growView(at, record), first.tip);
  const next = nextTip(first.tip, view, chain.network.consensus);
  const totals = await countTotals(coins, next);
  if (!(await coins.commit(1, withTotals(next, totals)))) throw new RangeError("lost to nobody");
  city.records.length = 0;
  return {
    ...city,
    chain,
    next(kind) {
      const block = kind === "work" ? chain.work() : chain.stake();
      chain.append(block);
      return encodeBlock(block, chain.network.consensus.wire);
    },
    // Named, since a spread leaves out nothing but says so to nobody.
    [Symbol.asyncDispose]: () => city[Symbol.asyncDispose](),
  };
}

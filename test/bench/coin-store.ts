/**
 * `node test/bench/coin-store.ts [blocks]`: blocks a second of the coin store on disk, each with
 * 2,000 reads, 2,000 new coins, 2,000 spent ones that are dropped when they are final, and a synced
 * write at its end.
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLevelCoinStore } from "#shared/adapters/embedded/level-coin-store.ts";
import { coinKeyOf } from "#shared/coins/coin-key.ts";
import { genesisTip, nextTip } from "#shared/coins/tip.ts";
import { growBy, hashOf, testBlock, txidOf } from "../support/coin-chain.ts";

const COINS = 2_000;
/** Small, so that the store drops dead coins while it is measured. */
const LIMIT = { reorgBlocksMax: 10 };
/** Blocks between a coin's making and its spending, and before the clock starts. */
const AGE = 10;
const WARM_UP = 2 * AGE;

export interface CoinStoreFigures {
  /** Bar: 40. */
  readonly blocksPerSecond: number;
  readonly blocks: number;
}

/** A block's coins by name, one output each. */
function namesOf(at: number): string[] {
  return Array.from({ length: COINS }, (_, index) => `${at}-${index}`);
}

function blockAt(at: number) {
  const makes = Object.fromEntries(namesOf(at).map((name) => [name, 1]));
  const spends = at > AGE ? namesOf(at - AGE).map((name) => `${name}:0`) : [];
  const keys = spends.map((spend) => coinKeyOf(txidOf(spend.slice(0, -2)), 0));
  return { block: testBlock(at, "b", makes, spends), keys };
}

export async function benchCoinStore(blocks = 60): Promise<CoinStoreFigures> {
  const folder = mkdtempSync(join(tmpdir(), "exos-bench-"));
  try {
    await using store = await openLevelCoinStore({ folder, dialect: "exos" });
    let { tip, ...first } = genesisTip({ hash: hashOf("b0"), work: 0n });
    await store.commit(0, { tip, ...first });
    // All before the clock starts: what is thrown away in making them is not the store's to clear.
    const chain = Array.from({ length: WARM_UP + blocks }, (_, index) => blockAt(index + 1));
    let spent = 0;
    for (const { block, keys } of chain) {
      const started = performance.now();
      await store.read(tip.gen, keys);
      await store.apply(tip.gen, block.marks);
      const next = nextTip(tip, growBy(tip, [block]), LIMIT);
      if (!(await store.commit(tip.rev, next))) throw new RangeError("lost a race to nobody");
      tip = next.tip;
      await store.flush();
      if (block.height > WARM_UP) spent += performance.now() - started;
    }
    return { blocksPerSecond: (blocks * 1_000) / spent, blocks };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const { blocksPerSecond, blocks } = await benchCoinStore(Number(process.argv[2] ?? 60));
  process.stdout.write(`${blocks} blocks, ${blocksPerSecond.toFixed(1)} blocks/s\n`);
}

import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { StakeWin } from "#shared/ports/staking.ts";
import type { Amount, HashHex, Height, UnixSeconds } from "#shared/primitives/brand.ts";
import { coinsText, durationText } from "./reason-text.ts";

/** A block that this process minted. */
export interface OwnBlock {
  readonly hash: HashHex;
  readonly height: Height;
  readonly time: UnixSeconds;
  readonly gain: Amount;
}

/** How long a coin rests after it won, and what to call things. */
export interface RestFacts {
  readonly restBlocks: number;
  readonly spacingSeconds: number;
  readonly ticker: string;
}

/** Blocks that are remembered. */
const OWN_BLOCKS_MAX = 1_000;

/**
 * The blocks that this process minted, as long as there is something to say of them: until their
 * coins are mature, or, off the chain, for as many blocks.
 */
export class OwnBlocks {
  #blocks: OwnBlock[] = [];
  readonly #lost = new Set<HashHex>();

  add(block: OwnBlock): void {
    this.#blocks = [block, ...this.#blocks].slice(0, OWN_BLOCKS_MAX);
  }

  /**
   * Look at every block again from a new tip.
   *
   * @param hashAt of the chain's block at a height
   * @returns blocks that left the chain since the last look
   */
  async follow(
    tip: Pick<HeaderRecord, "height">,
    hashAt: (height: Height) => Promise<HashHex | undefined>,
    { restBlocks }: Pick<RestFacts, "restBlocks">,
  ): Promise<OwnBlock[]> {
    this.#blocks = this.#blocks.filter(({ height }) => tip.height + 1 - height < restBlocks);
    const left: OwnBlock[] = [];
    for (const block of this.#blocks) {
      const isLost = (await hashAt(block.height)) !== block.hash;
      if (isLost && !this.#lost.has(block.hash)) left.push(block);
      if (isLost) this.#lost.add(block.hash);
      else this.#lost.delete(block.hash);
    }
    return left;
  }

  /** What to say beside the reason, newest first. */
  wins(tip: Pick<HeaderRecord, "height">, facts: RestFacts): StakeWin[] {
    return this.#blocks
      .filter(({ height }) => tip.height + 1 - height < facts.restBlocks)
      .map((block) => (this.#lost.has(block.hash) ? orphaned(block) : won(block, tip, facts)));
  }
}

function won(
  block: OwnBlock,
  tip: Pick<HeaderRecord, "height">,
  { restBlocks, spacingSeconds, ticker }: RestFacts,
): StakeWin {
  const blocksLeft = restBlocks - (tip.height + 1 - block.height);
  const wait = durationText(blocksLeft * spacingSeconds);
  const text = `Block ${block.height} won ${coinsText(block.gain, ticker)}; its coins rest for ${blocksLeft} blocks, about ${wait}. Nothing is lost.`;
  return { code: "won", text, ...block, blocksLeft };
}

function orphaned(block: OwnBlock): StakeWin {
  const text = `Block ${block.height} left the chain for a branch with more work; the coin that made it is as it was.`;
  return { code: "orphaned", text, ...block, blocksLeft: 0 };
}

import type { Stores } from "#services/rpc/deps.ts";
import type { Chain } from "#services/rpc/views/chain.ts";
import { difficultyOf } from "#services/rpc/views/difficulty.ts";
import { networkWeight } from "#shared/consensus/network-weight.ts";
import type { StakeParams } from "#shared/consensus/params.ts";
import { recentStakes } from "#shared/ports/recent-stakes.ts";
import { height } from "#shared/primitives/brand.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { ownerScript } from "#shared/script/owner-script.ts";

/** What the chain tells of everybody who stakes. */
export interface NetworkStake {
  /** Base units, a guess. */
  readonly weight: number;
  /** Of the latest block that stake proves; 0 before there is one. */
  readonly difficulty: number;
  /** Mean seconds between the latest blocks, by stake or work; 0 before there are two. */
  readonly spacingSeconds: number;
  /** Blocks that the guess and the spacing rest on. */
  readonly blocks: number;
  /** Owners who staked in the last 24 hours of the chain. */
  readonly stakers24h: number;
  /** How many of the latest intervals lasted so long, seconds up to each bound. */
  readonly histogram: readonly { readonly secondsMax: number | null; readonly blocks: number }[];
}

const DAY_SECONDS = 86_400;
/** Rows of one read, and reads: two days of blocks at the least spacing there is. */
const ROWS_PER_READ = 2_000;
const READS_MAX = 6;
/** Upper bounds of the histogram, in seconds: whole slots. */
const BOUNDS = [16, 32, 64, 128, 256, 512, 1_024];

/** @param stake of the network @source exos-l1.md 8.5; interfaces.md 2, 3.2 */
export async function readNetworkStake(
  chain: Chain,
  { headers, index }: Pick<Stores, "headers" | "index">,
  { timeMask }: Pick<StakeParams, "timeMask">,
): Promise<NetworkStake> {
  const stakes = (await recentStakes(chain.tip, headers)).map(({ header }) => header);
  const { gaps, stakers } = await readDay(chain, index);
  const [newest, oldest] = [stakes.at(0), stakes.at(-1)];
  const intervals = Math.max(1, stakes.length - 1);
  return {
    weight: Math.round(networkWeight(stakes, timeMask + 1)),
    difficulty: newest === undefined ? 0 : difficultyOf(newest.bits),
    spacingSeconds:
      newest === undefined || oldest === undefined ? 0 : (newest.time - oldest.time) / intervals,
    blocks: stakes.length,
    stakers24h: stakers,
    histogram: [...BOUNDS, null].map((secondsMax, place) => {
      const above = BOUNDS[place - 1] ?? Number.NEGATIVE_INFINITY;
      const upTo = secondsMax ?? Number.POSITIVE_INFINITY;
      return { secondsMax, blocks: gaps.filter((gap) => gap > above && gap <= upTo).length };
    }),
  };
}

/** Seconds between neighbours of the last day of the indexed chain, and its stakers. */
async function readDay({ tip }: Chain, index: Stores["index"]) {
  const owners = new Set<string>();
  const gaps: number[] = [];
  const since = tip.header.time - DAY_SECONDS;
  let next: number = tip.height;
  let later: number | undefined;
  for (let reads = 0; reads < READS_MAX && next >= 0; reads++) {
    const rows = await index.blockRows(height(next), ROWS_PER_READ);
    for (const { time, proofKind, makerScript, height: at } of rows) {
      if (time < since) return { gaps, stakers: owners.size };
      if (later !== undefined) gaps.push(later - time);
      later = time;
      if (proofKind === "stake") owners.add(toHex(ownerScript(makerScript)));
      next = at - 1;
    }
    if (rows.length === 0) break;
  }
  return { gaps, stakers: owners.size };
}

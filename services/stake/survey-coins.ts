import type { ConsensusParams, StakeParams } from "#shared/consensus/params.ts";
import { stakeDepth } from "#shared/consensus/stake-depth.ts";
import { type Amount, amount, type Height } from "#shared/primitives/brand.ts";
import type { StakeCoin } from "#shared/primitives/stake-coin.ts";
import { classifyScript } from "#shared/script/classify-script.ts";

/** Why a coin does not stake now, or that it may. */
export const COIN_STATES = [
  "confirming",
  "maturing",
  "too-small",
  "script-type",
  "cold-inactive",
  "eligible",
] as const;

export type CoinState = (typeof COIN_STATES)[number];

/** The block that is to be minted, and what the operator wants. */
export interface StakePlace {
  /** Of the block. */
  readonly height: Height;
  readonly params: Pick<ConsensusParams, "maturityBlocks" | "dialect"> & {
    readonly stake: StakeParams;
  };
  readonly isColdActive: boolean;
  /** Least value of a coin that stakes. */
  readonly valueMin: Amount;
  /** Base units of one's own coins that never stake. */
  readonly reserve: Amount;
}

/** Coins of one state. */
export interface CoinsOfState {
  readonly count: number;
  readonly value: Amount;
  /** Until the first of them may stake; 0 where waiting does not help. */
  readonly blocksLeft: number;
}

/** The coins of the open wallets, and which of them stake. */
export interface CoinSurvey<Held extends StakeCoin> {
  readonly count: number;
  /** Of all coins. */
  readonly value: Amount;
  /** Of one's own; others only lend theirs. */
  readonly ownValue: Amount;
  /** Whether some coin is small enough to stake beside the reserve. */
  readonly isAnyFree: boolean;
  readonly states: Readonly<Record<CoinState, CoinsOfState>>;
  /** Largest first. */
  readonly staking: readonly Held[];
  readonly weight: Amount;
}

/** What a coin waits for. @source exos-l1.md 4.6 step 4, 4.8, 8.1 */
export function coinState(
  { coin, branch }: Pick<StakeCoin, "coin" | "branch">,
  { height, params, isColdActive, valueMin }: StakePlace,
): { readonly state: CoinState; readonly blocksLeft: number } {
  const { kind } = classifyScript(coin.scriptPubKey, params.dialect);
  const isPlain = branch === "plain" && (kind === "p2pk" || kind === "p2pkh");
  if (!isPlain && !(branch === "hot" && kind === "coldstaking")) return waiting("script-type");
  if (branch === "hot" && !isColdActive) return waiting("cold-inactive");
  if (coin.value < valueMin) return waiting("too-small");

  const depth = height - coin.height;
  const matureIn = coin.kind === "ordinary" ? 0 : params.maturityBlocks - depth;
  const deepIn = stakeDepth(height, params.stake) - depth;
  if (matureIn > 0) return waiting("maturing", Math.max(matureIn, deepIn));
  return deepIn > 0 ? waiting("confirming", deepIn) : waiting("eligible");
}

function waiting(state: CoinState, blocksLeft = 0) {
  return { state, blocksLeft };
}

/**
 * Which coins stake: the largest first, as many of one's own as leave the reserve whole, and every
 * one that others lend.
 *
 * @source exos-l1.md 8.1 steps 3 to 5
 */
export function surveyCoins<Held extends StakeCoin>(
  coins: readonly Held[],
  place: StakePlace,
): CoinSurvey<Held> {
  const ownValue = sumOf(coins.filter(({ branch }) => branch === "plain"));
  let free = ownValue - place.reserve;
  const isFree = ({ coin, branch }: Held) => branch === "hot" || coin.value <= free;
  const usable = coins.filter(isFree);

  const rows = usable.map((held) => ({ held, ...coinState(held, place) }));
  const eligible = rows.filter(({ state }) => state === "eligible").map(({ held }) => held);
  const staking = eligible.toSorted(byValue).filter((held) => {
    if (!isFree(held)) return false;
    if (held.branch === "plain") free -= held.coin.value;
    return true;
  });
  const of = (wanted: CoinState): CoinsOfState => {
    const own = rows.filter(({ state }) => state === wanted);
    const waits = own.map(({ blocksLeft }) => blocksLeft);
    return {
      count: own.length,
      value: amount(sumOf(own.map(({ held }) => held))),
      blocksLeft: own.length === 0 ? 0 : waits.reduce((least, one) => Math.min(least, one)),
    };
  };
  return {
    count: coins.length,
    value: amount(sumOf(coins)),
    ownValue: amount(ownValue),
    isAnyFree: usable.length > 0,
    states: {
      confirming: of("confirming"),
      maturing: of("maturing"),
      "too-small": of("too-small"),
      "script-type": of("script-type"),
      "cold-inactive": of("cold-inactive"),
      eligible: of("eligible"),
    },
    staking,
    weight: amount(sumOf(staking)),
  };
}

function sumOf(coins: readonly StakeCoin[]): bigint {
  return coins.reduce((sum, { coin }) => sum + coin.value, 0n);
}

function byValue(a: StakeCoin, b: StakeCoin): number {
  return a.coin.value > b.coin.value ? -1 : a.coin.value < b.coin.value ? 1 : 0;
}

import { blockRules } from "#shared/consensus/block-rules.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { Network, StakeParams } from "#shared/consensus/params.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { Mempool } from "#shared/ports/mempool.ts";
import type { WalletStakeCoin } from "#shared/ports/wallets.ts";
import { type Amount, height, type UnixSeconds } from "#shared/primitives/brand.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import { readStakeCoins } from "./read-stake-coins.ts";
import type { StakeWallets } from "./stake-wallets.ts";
import { type CoinSurvey, type StakePlace, surveyCoins } from "./survey-coins.ts";

/** What coins are read through. */
export interface CoinWatchDeps {
  readonly network: Network;
  readonly coins: Pick<CoinStore, "tip" | "read" | "frozen">;
  readonly mempool: Pick<Mempool, "spenderOf">;
  readonly wallets: Pick<StakeWallets, "loaded" | "stakeCoins">;
}

/** When coins are looked at, and by what they are judged. */
export interface WatchPlace {
  readonly tip: HeaderRecord;
  readonly now: UnixSeconds;
  readonly stake: StakeParams;
  readonly valueMin: Amount;
  readonly reserve: Amount;
}

/** Where no coin stakes, the index may just be catching up: it is asked again after so long. */
const EMPTY_SECONDS = 2;

interface Kept {
  readonly key: string;
  readonly seconds: number;
  readonly survey: CoinSurvey<WalletStakeCoin>;
}

/**
 * The coins of the open wallets as the tip has them, read anew for each tip and slot. Coins that
 * the pool spends already are left alone: their owner wants them elsewhere.
 */
export class CoinWatch {
  readonly #deps: CoinWatchDeps;
  #kept: Kept | undefined;

  constructor(deps: CoinWatchDeps) {
    this.#deps = deps;
  }

  /** @returns `undefined` when the coins speak of another tip by now */
  async survey(place: WatchPlace): Promise<CoinSurvey<WalletStakeCoin> | undefined> {
    const kept = this.#kept;
    if (kept !== undefined && kept.key === this.#keyOf(place, kept.seconds)) return kept.survey;
    const held = await this.held(place.tip);
    if (held === undefined) return undefined;
    const survey = surveyCoins(held, this.place(place));
    const seconds = survey.staking.length === 0 ? EMPTY_SECONDS : place.stake.timeMask + 1;
    this.#kept = { key: this.#keyOf(place, seconds), seconds, survey };
    return survey;
  }

  /** Every coin of the open wallets that the tip has and the pool does not spend. */
  async held(tip: HeaderRecord): Promise<WalletStakeCoin[] | undefined> {
    const { coins, wallets, mempool } = this.#deps;
    const view = await coins.tip();
    if (view === undefined || view.hash !== tip.hash) return undefined;
    const confirmed = await readStakeCoins(await wallets.stakeCoins(), view, coins);
    const free: WalletStakeCoin[] = [];
    for (const coin of confirmed) {
      if ((await mempool.spenderOf(coin.outpoint)) === undefined) free.push(coin);
    }
    return free;
  }

  place({ tip, stake, valueMin, reserve }: WatchPlace): StakePlace {
    const { consensus } = this.#deps.network;
    const { flags } = blockRules(tip, consensus);
    return {
      height: height(tip.height + 1),
      params: { ...consensus, stake },
      isColdActive: (flags & ScriptFlags.CHECKCOLDSTAKEVERIFY) !== 0,
      valueMin,
      reserve,
    };
  }

  /** Names everything that a survey depends on, time in steps of so many seconds. */
  #keyOf({ tip, now, reserve }: WatchPlace, seconds: number): string {
    const open = this.#deps.wallets
      .loaded()
      .map(({ name, signer }) => `${name} ${signer.status().state}`);
    return [tip.hash, seconds, Math.floor(now / seconds), reserve, ...open].join("\n");
  }
}

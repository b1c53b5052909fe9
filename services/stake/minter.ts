import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { createKernelSearch } from "#shared/consensus/kernel-search.ts";
import { networkWeight } from "#shared/consensus/network-weight.ts";
import { nextBits } from "#shared/consensus/next-bits.ts";
import type { StakeParams } from "#shared/consensus/params.ts";
import { stakeDepth } from "#shared/consensus/stake-depth.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { Log } from "#shared/ports/log.ts";
import type { Mempool } from "#shared/ports/mempool.ts";
import type { Metrics } from "#shared/ports/metrics.ts";
import { recentStakes } from "#shared/ports/recent-stakes.ts";
import type { KernelCheck, StakeReason, Staking, StakingStatus } from "#shared/ports/staking.ts";
import type { WalletStakeCoin } from "#shared/ports/wallets.ts";
import { type Amount, amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { SplitPolicy } from "./build-coinstake.ts";
import { chancePerSlot } from "./chance.ts";
import { CoinWatch } from "./coin-watch.ts";
import type { StakeDeps } from "./core.ts";
import { type Minted, mintBlock } from "./mint-block.ts";
import { OwnBlocks } from "./own-blocks.ts";
import { type Proof, SlotSearch } from "./slot-search.ts";
import type { StakeWallets } from "./stake-wallets.ts";
import { reportStaking } from "./staking-metrics.ts";
import {
  coinReason,
  type FoundReason,
  nodeReason,
  type StakingFacts,
  type Surroundings,
} from "./staking-reason.ts";
import { type CoinSurvey, coinState } from "./survey-coins.ts";

/** What the operator says about staking. */
export interface StakeSettings {
  readonly enabled: boolean;
  readonly reserve: Amount;
  /** Least value of a coin that stakes, in base units. */
  readonly valueMin: Amount;
  readonly split: SplitPolicy;
  /** Least time from a parent to a block of ours; 0 but where a chain is to be paced. */
  readonly spacingSecondsMin: number;
}

/** Ports and settings of the minter. */
export interface MinterDeps extends StakeDeps {
  readonly mempool: Pick<Mempool, "template" | "spenderOf">;
  readonly coins: Pick<CoinStore, "tip" | "read" | "frozen">;
  readonly headers: Pick<HeaderStore, "get">;
  readonly wallets: StakeWallets;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly settings: StakeSettings;
  surroundings(): Surroundings;
}

/** Kernels that are tried before others get their turn, about 5 ms, and turns of one look. */
const KERNELS_PER_TURN = 8_192;
const TURNS_MAX = 50;
/** How long after a failure the signer is asked again. */
const SIGNER_RETRY_MS = 5_000;

type Survey = CoinSurvey<WalletStakeCoin>;

/** One reading of everything that decides. */
interface Reading {
  readonly tip: HeaderRecord;
  readonly facts: StakingFacts;
  readonly reason: FoundReason;
  readonly survey: Survey | undefined;
}

/** Reasons that let the search go on. */
const SEARCHING: readonly string[] = ["searching", "tip-stale", "signer-down"];

/**
 * Mints blocks by stake: looks every half second what there is to try, tries it, and can say at any
 * time why it does not. All it remembers may be lost: a restart looks again.
 *
 * @source exos-l1.md 8.1, 8.2; interfaces.md 5.4
 */
export class Minter implements Staking {
  readonly #deps: MinterDeps;
  readonly #stake: StakeParams;
  readonly #watch: CoinWatch;
  readonly #own = new OwnBlocks();
  #enabled: boolean;
  #reserve: Amount;
  #reason: Pick<StakeReason, "code" | "since"> | undefined;
  #search: SlotSearch<WalletStakeCoin> | undefined;
  #waiting: { readonly proof: Proof<WalletStakeCoin>; readonly untilMs: number } | undefined;
  #signerFault: string | undefined;
  #network: { readonly tip: string; readonly weight: number } | undefined;
  #lastBlock: StakingStatus["lastBlock"];

  /** @throws RangeError on a network without stake */
  constructor(deps: MinterDeps) {
    const { stake } = deps.network.consensus;
    if (stake === undefined) throw new RangeError(`${deps.network.name} has no proof of stake`);
    this.#deps = deps;
    this.#stake = stake;
    this.#watch = new CoinWatch(deps);
    this.#enabled = deps.settings.enabled;
    this.#reserve = deps.settings.reserve;
    deps.metrics.count("exos_stake_found_total", {}, 0);
  }

  /**
   * Try what there is to try, and make the block that is found. Not to be called again before it
   * returned.
   *
   * @throws StoreFault when the world failed; the next look goes on where this one stopped
   */
  async look(): Promise<void> {
    const reading = await this.#read();
    await this.#followOwn(reading.tip);
    reportStaking(await this.#statusOf(reading), this.#deps.metrics);
    const { survey, tip } = reading;
    if (survey === undefined || survey.staking.length === 0) return;
    const search = this.#searchAt(tip);
    search.extend(survey.staking, this.#deps.clock.now());
    await this.#tryOn(search, survey);
  }

  async status(): Promise<StakingStatus> {
    return this.#statusOf(await this.#read());
  }

  async start(wallet?: { readonly name: string | undefined; readonly password: string }) {
    if (wallet !== undefined) {
      const chosen = this.#deps.wallets.choose(wallet.name);
      if (!chosen.ok) return chosen;
      const options = { stakingOnly: true, seconds: undefined };
      const unlocked = await chosen.value.unlock(wallet.password, options);
      if (!unlocked.ok) return unlocked;
    }
    this.#enabled = true;
    return { ok: true, value: undefined } as const;
  }

  stop(): void {
    this.#enabled = false;
    this.#search = undefined;
    this.#waiting = undefined;
  }

  setReserve(reserve: Amount): void {
    this.#reserve = reserve;
  }

  async checkKernels(outpoints: Parameters<Staking["checkKernels"]>[0]): Promise<KernelCheck[]> {
    const { clock, network, tip: readTip } = this.#deps;
    const tip = await readTip();
    const wanted = outpoints === undefined ? undefined : new Set(outpoints.map(outpointKey));
    const held = (await this.#watch.held(tip)) ?? [];
    const asked = held.filter(
      (one) => wanted === undefined || wanted.has(outpointKey(one.outpoint)),
    );
    const bits = nextBits(tip, "stake", network.consensus);
    const place = this.#watch.place(this.#placeAt(tip));
    const time = unixSeconds(clock.now() & ~this.#stake.timeMask);
    return asked.map((one): KernelCheck => {
      const candidates = [{ prevout: one.outpoint, coin: one.coin }];
      const search = createKernelSearch(tip.stakeModifier, bits, candidates);
      const { state } = coinState(one, place);
      return {
        outpoint: one.outpoint,
        state,
        found: state === "eligible" && search.tryAt(time, { from: 0, count: 1 }) !== undefined,
        time,
        chancePerSlot: chancePerSlot([one.coin], bits),
      };
    });
  }

  #placeAt(tip: HeaderRecord) {
    const { clock, settings } = this.#deps;
    const { valueMin } = settings;
    return { tip, now: clock.now(), stake: this.#stake, valueMin, reserve: this.#reserve };
  }

  /** Everything that decides, as it stands now, and the reason that follows. */
  async #read(): Promise<Reading> {
    const { network, clock, wallets, surroundings } = this.#deps;
    const tip = await this.#deps.tip();
    const loaded = wallets.loaded();
    const base: StakingFacts = {
      network,
      now: clock.now(),
      enabled: this.#enabled,
      wallets: loaded.length,
      openWallets: loaded.filter(({ signer }) => signer.status().state !== "locked").length,
      signerFault: this.#signerFault,
      around: surroundings(),
      tip: { height: tip.height, time: tip.header.time },
      reserve: this.#reserve,
      slotSeconds: this.#stake.timeMask + 1,
      survey: undefined,
      chancePerSlot: 0,
    };
    const early = nodeReason(base);
    if (early !== undefined && !SEARCHING.includes(early.code)) {
      return { tip, facts: base, reason: early, survey: undefined };
    }
    const survey = await this.#watch.survey(this.#placeAt(tip));
    const bits = nextBits(tip, "stake", network.consensus);
    const chance = chancePerSlot(
      (survey?.staking ?? []).map(({ coin }) => coin),
      bits,
    );
    const facts = { ...base, survey, chancePerSlot: chance };
    return { tip, facts, reason: early ?? coinReason(facts), survey };
  }

  async #statusOf({ tip, facts, reason, survey }: Reading): Promise<StakingStatus> {
    const { network, clock } = this.#deps;
    const now = clock.now();
    if (this.#reason?.code !== reason.code) this.#reason = { code: reason.code, since: now };
    const { waitSeconds, ...found } = reason;
    const weight = survey?.weight ?? amount(0n);
    const networkWeight = await this.#networkWeightAt(tip);
    const { spacingSeconds } = network.consensus;
    const searching = SEARCHING.includes(reason.code) && weight > 0n;
    const searched = this.#search?.parent.hash === tip.hash ? this.#search.searchedTo : undefined;
    return {
      enabled: this.#enabled,
      searching,
      reason: { ...found, since: this.#reason.since, next: unixSeconds(now + waitSeconds) },
      wins: this.#own.wins(tip, { ...this.#rest(tip), spacingSeconds, ticker: network.ticker }),
      weight,
      coins: survey?.staking.length ?? 0,
      immature: survey?.states.maturing.value ?? amount(0n),
      reserve: this.#reserve,
      chancePerSlot: facts.chancePerSlot,
      networkWeight,
      expectedSeconds:
        weight === 0n ? undefined : (spacingSeconds * networkWeight) / Number(weight),
      searchSeconds: Math.max(0, (searched ?? tip.header.time) - tip.header.time),
      lastBlock: this.#lastBlock,
    };
  }

  async #networkWeightAt(tip: HeaderRecord): Promise<number> {
    if (this.#network?.tip !== tip.hash) {
      const stakes = await recentStakes(tip, this.#deps.headers);
      const headers = stakes.map(({ header }) => header);
      const weight = networkWeight(headers, this.#stake.timeMask + 1);
      this.#network = { tip: tip.hash, weight };
    }
    return this.#network.weight;
  }

  /** How long a coin rests after it won. */
  #rest(tip: HeaderRecord) {
    const { maturityBlocks } = this.#deps.network.consensus;
    const depth = stakeDepth(height(tip.height + 1), this.#stake);
    return { restBlocks: Math.max(maturityBlocks, depth) };
  }

  /** Blocks of ours that left the chain are told once each. */
  async #followOwn(tip: HeaderRecord): Promise<void> {
    const { coins, log } = this.#deps;
    const view = await coins.tip();
    if (view === undefined || view.hash !== tip.hash) return;
    const hashAt = (at: number) => activeHashAt(at, view, coins);
    for (const { hash, height: at } of await this.#own.follow(tip, hashAt, this.#rest(tip))) {
      log.warn("EXOS-E6004", "a minted block left the chain", { hash, height: at });
    }
  }

  #searchAt(tip: HeaderRecord): SlotSearch<WalletStakeCoin> {
    if (this.#search?.parent.hash !== tip.hash) {
      const { network, settings } = this.#deps;
      this.#waiting = undefined;
      this.#search = new SlotSearch(tip, {
        bits: nextBits(tip, "stake", network.consensus),
        slotSeconds: this.#stake.timeMask + 1,
        spacingSecondsMin: settings.spacingSecondsMin,
      });
    }
    return this.#search;
  }

  /** Try kernels in turns until a block is made, the tip moves, or enough was tried for one look. */
  async #tryOn(search: SlotSearch<WalletStakeCoin>, survey: Survey): Promise<void> {
    const staking = new Map(survey.staking.map((held) => [outpointKey(held.outpoint), held]));
    if (this.#waiting !== undefined) {
      if (this.#deps.clock.elapsedMs() < this.#waiting.untilMs) return;
      if (await this.#isOver(this.#waiting.proof, survey, search.parent)) return;
    }
    for (let turn = 0; turn < TURNS_MAX && this.#enabled; turn++) {
      const found = search.next(KERNELS_PER_TURN);
      if (found === "done") return;
      if (found === "spent") await this.#deps.pause();
      else {
        const coin = staking.get(outpointKey(found.coin.outpoint));
        // Spent, reserved or reorganised since it was added.
        if (coin === undefined) continue;
        if (await this.#isOver({ coin, time: found.time }, survey, search.parent)) return;
      }
    }
  }

  /** Make a block of a proof. @returns whether there is nothing more to try at this look */
  async #isOver(
    proof: Proof<WalletStakeCoin>,
    survey: Survey,
    parent: HeaderRecord,
  ): Promise<boolean> {
    const { settings, clock } = this.#deps;
    this.#waiting = undefined;
    if ((await this.#deps.tip()).hash !== parent.hash) return true;
    const place = {
      parent,
      stake: this.#stake,
      stakedWeight: survey.weight,
      split: settings.split,
    };
    const minted = await mintBlock(proof, place, this.#deps);
    if (minted.state === "unsigned") {
      this.#signerFault = minted.fault;
      this.#waiting = { proof, untilMs: clock.elapsedMs() + SIGNER_RETRY_MS };
      return true;
    }
    this.#signerFault = undefined;
    if (minted.state === "won") this.#note(minted, proof, parent);
    return minted.state !== "refused";
  }

  #note(
    { hash, gain, size, transactions }: Extract<Minted, { state: "won" }>,
    { time }: Proof<WalletStakeCoin>,
    parent: HeaderRecord,
  ): void {
    const { log, metrics } = this.#deps;
    const at = height(parent.height + 1);
    this.#own.add({ hash, height: at, time, gain });
    this.#lastBlock = { size, transactions };
    metrics.count("exos_stake_found_total");
    log.info("minted a block", { height: at, hash, transactions, gain: gain.toString() });
  }
}

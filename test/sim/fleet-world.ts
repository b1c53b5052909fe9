import { setImmediate } from "node:timers/promises";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryNet, type NetWeather } from "#shared/adapters/embedded/memory-transport.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Network } from "#shared/consensus/params.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { buildTransaction, output, type Spend } from "../support/block-builder.ts";
import { seededNumbers } from "../support/flaky.ts";
import { OWNER } from "../support/rich-chain.ts";
import { SimCity } from "./fleet-city.ts";

const NOW = unixSeconds(1_795_000_000);
const STEP_MS = 250;
/** Turns of the event loop that whatever a step set off takes at most. */
const TURNS = 12;
const CALM: NetWeather = { loss: 0, duplication: 0, delayMs: [5, 40] };
const STORM: NetWeather = { loss: 0.01, duplication: 0.02, delayMs: [10, 900] };
/** Seconds between two decisions of the weather, the miners and the payers. */
const ROUND_SECONDS = 16;
const MATURITY = exosRegtest.consensus.maturityBlocks;

/** What a run came to. */
export interface FleetOutcome {
  readonly tips: ReadonlySet<HashHex>;
  readonly muhashes: ReadonlySet<string>;
  /** Ids of each pool, sorted. */
  readonly pools: ReadonlySet<string>;
  readonly height: number;
  readonly mined: number;
  readonly paid: number;
  readonly restarts: number;
  readonly cuts: number;
  readonly settledSeconds: number;
  readonly failures: readonly unknown[];
  readonly banned: number;
}

/** Thirteen nodes or fewer, whose luck is one seed. */
export class FleetWorld {
  readonly cities: readonly SimCity[];
  readonly #network: Network = exosRegtest;
  readonly #clock = createManualClock(NOW);
  readonly #next: () => number;
  readonly #net;
  readonly #spent = new Set<HashHex>();
  #mined = 0;
  #paid = 0;
  #restarts = 0;
  #cuts = 0;

  constructor(seed: number, count: number) {
    this.#next = seededNumbers(seed);
    this.#net = createMemoryNet({ clock: this.#clock, next: this.#next, weather: CALM });
    const world = { network: this.#network, clock: this.#clock, net: this.#net };
    this.cities = Array.from({ length: count }, (_, at) => new SimCity(`10.0.0.${at + 1}`, world));
  }

  /** Every city but the last dials the next ones. */
  #others(city: SimCity): readonly string[] {
    return this.cities.slice(this.cities.indexOf(city) + 1).map(({ host }) => host);
  }

  async pass(seconds: number): Promise<void> {
    for (let step = 0; step < (seconds * 1_000) / STEP_MS; step++) {
      this.#clock.advance(STEP_MS);
      for (let turn = 0; turn < TURNS; turn++) await setImmediate();
    }
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.#next() * items.length)];
  }

  async mine(city: SimCity | undefined): Promise<void> {
    if (city === undefined) return;
    const mined = await city.running.staker.generate(1, OWNER.payToKey);
    if (mined.ok) this.#mined++;
  }

  /** A payment out of a coinbase that is mature in the eyes of one city. */
  async #pay(city: SimCity | undefined): Promise<void> {
    if (city === undefined) return;
    const { running, stores } = city;
    const tip = await stores.coins.tip();
    const height = Math.floor(this.#next() * ((tip?.height ?? 0) - MATURITY));
    const hash = tip?.win[height - tip.base];
    const bytes = hash === undefined || height < 3 ? undefined : await stores.blocks.get(hash);
    const { consensus } = this.#network;
    const block = bytes === undefined ? undefined : decodeBlock(bytes, consensus.wire);
    const coinbase = block?.ok === true ? block.value.transactions[0] : undefined;
    const [made] = coinbase?.outputs ?? [];
    if (coinbase === undefined || made === undefined) return;
    const id = toHashHex(coinbase.txid);
    if (this.#spent.has(id) || made.value < 1_000_000n) return;
    this.#spent.add(id);
    const { time } = coinbase;
    const kind = "coinbase" as const;
    const coin = { ...made, time, height: (tip?.height ?? 0) as never, kind };
    const spend: Spend = { outpoint: { txid: coinbase.txid, index: 0 }, coin, by: OWNER };
    const outputs = [output(made.value - 100_000n, OWNER.payToKey)];
    // Mined blocks are dated after their parents, which are far behind the clock.
    const { header } = await running.validator.tip();
    const parts = { time: header.time, inputs: [spend], outputs };
    const verdict = await running.mempool.accept(buildTransaction(parts, consensus).raw, {
      source: "local",
    });
    if (verdict.state === "accepted") this.#paid++;
  }

  async #restart(city: SimCity | undefined): Promise<void> {
    if (city === undefined) return;
    await city.running.stop();
    this.#restarts++;
    await this.pass(this.#next() * 8);
    await city.start(this.#others(city));
  }

  #cut(): void {
    const [left, right]: [string[], string[]] = [[], []];
    for (const { host } of this.cities) (this.#next() < 0.5 ? left : right).push(host);
    this.#net.cut([left, right]);
    this.#cuts++;
  }

  /** A stormy hour: blocks, payments, restarts and cuts as luck will have it. */
  async storm(rounds: number): Promise<void> {
    for (const city of this.cities) await city.start(this.#others(city));
    await this.pass(4);
    for (let at = 0; at < MATURITY + 6; at++) await this.mine(this.cities[0]);
    await this.pass(ROUND_SECONDS);
    this.#net.setWeather(STORM);
    for (let round = 0; round < rounds; round++) {
      const luck = this.#next();
      if (luck < 0.45) await this.mine(this.#pick(this.cities));
      if (luck > 0.3 && luck < 0.8) await this.#pay(this.#pick(this.cities));
      if (luck > 0.8 && luck < 0.87) await this.#restart(this.#pick(this.cities));
      if (luck > 0.87 && luck < 0.92) this.#cut();
      if (luck > 0.92 && luck < 0.97) this.#net.heal();
      await this.pass(ROUND_SECONDS);
    }
  }

  async #tips(): Promise<ReadonlySet<HashHex>> {
    const tips = await Promise.all(
      this.cities.map(async ({ running }) => (await running.validator.tip()).hash),
    );
    return new Set(tips);
  }

  async #pools(): Promise<ReadonlySet<string>> {
    const pools = await Promise.all(
      this.cities.map(async ({ running }) => (await running.mempool.ids()).toSorted().join(" ")),
    );
    return new Set(pools);
  }

  /** Good weather and a block a minute, until all agree or so many minutes are over. */
  async settle(minutes: number): Promise<FleetOutcome> {
    this.#net.heal();
    this.#net.setWeather(CALM);
    let seconds = 0;
    for (let minute = 0; minute < minutes; minute++) {
      await this.pass(60);
      seconds += 60;
      const agree = (await this.#tips()).size === 1 && (await this.#pools()).size === 1;
      if (agree && minute > 0) break;
      // Each in its turn: what one half of a cut never heard of is mined by whoever has it.
      await this.mine(this.cities[minute % this.cities.length]);
    }
    await this.pass(8);
    return this.#outcome(seconds);
  }

  async #outcome(settledSeconds: number): Promise<FleetOutcome> {
    const muhashes = await Promise.all(
      this.cities.map(async ({ stores: { coins } }) => {
        const tip = await coins.tip();
        return tip === undefined ? "" : toHashHex((await coins.totals(tip)).muhash);
      }),
    );
    const [first] = this.cities;
    return {
      tips: await this.#tips(),
      muhashes: new Set(muhashes),
      pools: await this.#pools(),
      height: (await first?.running.validator.tip())?.height ?? 0,
      mined: this.#mined,
      paid: this.#paid,
      restarts: this.#restarts,
      cuts: this.#cuts,
      settledSeconds,
      failures: this.cities.flatMap(({ failures }) => failures),
      banned: this.cities.reduce(
        (sum, { running }) => sum + running.connections.peers.bans().length,
        0,
      ),
    };
  }

  async stop(): Promise<void> {
    for (const city of this.cities) if (city.isRunning) await city.running.stop();
  }
}

/**
 * `node test/sim/minting-run.ts [seeds] [first]`: two hours of regtest minting in virtual time, for
 * many seeds. Exit code 1 when one fails.
 * @module
 */
import { CoinWatch } from "#services/stake/coin-watch.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { setChanges } from "#shared/coins/set-change.ts";
import { blockReward } from "#shared/consensus/block-reward.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { coinstakeOf } from "#shared/consensus/proof-kind.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { WalletStakeCoin } from "#shared/ports/wallets.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { buildTransaction, output, type Signer, signer } from "../support/block-builder.ts";
import { createSeededRandom, type SeededRandom } from "../support/seeded-random.ts";
import { openStakingNode, SLOT_SECONDS, type StakingNode } from "../support/staking-node.ts";

/** Slots of two hours. */
export const TWO_HOURS = 7_200 / SLOT_SECONDS;
/** The premine in coins of 100,000: none of them proves more than every 28th slot. */
const PREMINE_COINS = 3_000;
/** So many of them for each of the two stakers; nobody stakes the rest. */
const COINS_EACH = 30;
/** A staker that is cut off for so many blocks of its own is joined again. */
const DEPTH_MAX = 20;
/** Slots without a block, once in a million by chance, after which all is stuck. */
const STUCK_SLOTS = 40;
const FEE = 20_000n;
/** The most that may be found off what the chances say. */
const SIGMAS_MAX = 3;

const alice = signer(7);
const bob = signer(8);
const treasury = signer(9);
const { consensus } = exosRegtest;

/** What a run counted. */
export interface MintingRun {
  readonly failures: readonly string[];
  readonly height: number;
  /** Blocks of both stakers, on whatever branch, and what their coins let expect. */
  readonly found: number;
  readonly predicted: number;
  /** Their distance in standard deviations. */
  readonly sigmas: number;
  readonly reorgs: number;
  readonly deepest: number;
  readonly split: number;
  readonly sent: number;
  readonly mined: number;
}

/** One staker, and how far it tried which tip. */
interface Player {
  readonly key: Signer;
  readonly node: StakingNode;
  tried: { readonly tip: HashHex; readonly slot: number } | undefined;
}

/** Two stakers side by side and cut off, who pay each other meanwhile. */
export async function runMinting(seed: number, slots = TWO_HOURS): Promise<MintingRun> {
  const random = createSeededRandom(seed);
  const players = [alice, bob].map((key): Player => {
    return { key, node: openStakingNode({ key, mempool: "real" }), tried: undefined };
  });
  const world = new World(random, players);
  await world.begin();
  for (let slot = 0; slot < slots; slot++) await world.step();
  return world.end();
}

class World {
  readonly #random: SeededRandom;
  readonly #players: readonly Player[];
  readonly #failures: string[] = [];
  /** Supply by hash, as rewards make it. */
  readonly #supply = new Map<HashHex, bigint>();
  readonly #tally = { found: 0, predicted: 0, variance: 0 };
  readonly #counts = { reorgs: 0, deepest: 0, split: 0, sent: 0, mined: 0 };
  /** Slots left until the cut ends, and the height at which it began. */
  #cut: { slots: number; readonly height: number } | undefined;
  #idleSlots = 0;

  constructor(random: SeededRandom, players: readonly Player[]) {
    this.#random = random;
    this.#players = players;
  }

  /** The premine to the two and to the treasury, mature. */
  async begin(): Promise<void> {
    const premine = Array.from({ length: PREMINE_COINS }, (_, index) => {
      if (index < COINS_EACH) return alice.payToHash;
      return index < 2 * COINS_EACH ? bob.payToHash : treasury.payToHash;
    });
    const [first] = this.#players;
    if (first === undefined) return;
    await first.node.staker.generate(12, treasury.payToHash, { premine });
    await this.#spread(first);
  }

  async step(): Promise<void> {
    for (const { node } of this.#players) {
      const now = node.clock.now();
      node.clock.advance((SLOT_SECONDS - (now % SLOT_SECONDS)) * 1_000);
    }
    const isTurned = this.#random.below(2) === 1;
    let isIdle = true;
    for (const player of isTurned ? this.#players.toReversed() : this.#players) {
      if (await this.#look(player)) isIdle = false;
    }
    this.#idleSlots = isIdle ? this.#idleSlots + 1 : 0;
    if (this.#idleSlots === STUCK_SLOTS) this.#fail(`no block in ${STUCK_SLOTS} slots`);
    for (const { node } of this.#players) node.clock.advance(5_000);
    for (const player of this.#players) await this.#live(player);
    await this.#cutOrJoin();
  }

  async end(): Promise<MintingRun> {
    this.#cut = undefined;
    for (const player of this.#players) await this.#spread(player);
    const tips = await Promise.all(this.#players.map(({ node }) => node.validator.tip()));
    const [first, second] = tips;
    // Of equal work each keeps what it saw first; anything else is one tip.
    if (first?.work !== second?.work) this.#fail("two tips of different work");
    for (const { node } of this.#players) {
      for (const { code, message } of node.log.records) {
        if (code === "EXOS-E6001" || code === "EXOS-E6002") this.#fail(`${code} ${message}`);
      }
    }
    const { found, predicted, variance } = this.#tally;
    const sigmas = Math.abs(found - predicted) / Math.sqrt(variance);
    if (!(sigmas <= SIGMAS_MAX)) this.#fail(`${found} found, ${predicted.toFixed(1)} predicted`);
    const height = Math.max(...tips.map((tip) => tip.height));
    return { failures: this.#failures, height, found, predicted, sigmas, ...this.#counts };
  }

  #fail(what: string): void {
    this.#failures.push(what);
  }

  /** One look of one staker: a draw with a chance that is known before. @returns whether it won */
  async #look(player: Player): Promise<boolean> {
    const { node } = player;
    const before = await node.validator.tip();
    const { chancePerSlot } = await node.minter.status();
    const slot = Math.floor(node.clock.now() / SLOT_SECONDS);
    const tipSlot = Math.floor(before.header.time / SLOT_SECONDS);
    const tried = player.tried?.tip === before.hash ? player.tried.slot : tipSlot;
    const slots = Math.max(0, slot - Math.max(tried, tipSlot));
    await node.minter.look();
    player.tried = { tip: before.hash, slot };
    const after = await node.validator.tip();
    const isFound = after.hash !== before.hash;
    if (slots > 0) {
      const chance = 1 - (1 - chancePerSlot) ** slots;
      this.#tally.predicted += chance;
      this.#tally.variance += chance * (1 - chance);
    } else if (isFound) this.#fail(`a block at height ${after.height} out of nothing`);
    if (!isFound) return false;
    this.#tally.found++;
    await this.#checkSupply(player);
    await this.#countSplit(node, after);
    if (this.#cut === undefined) await this.#spread(player);
    return true;
  }

  /** Coins are what rewards made: fees change hands, nothing is lost. */
  async #checkSupply({ node }: Player): Promise<void> {
    const { coins } = node.stores;
    const tip = await coins.tip();
    if (tip === undefined) return;
    let supply = 0n;
    for await (const { item } of coins.scan(tip)) {
      for (const { coin } of setChanges(item, undefined, { view: tip, frozen: new Map() })) {
        supply += coin.value;
      }
    }
    const wanted = await this.#supplyAt(await node.validator.tip(), node);
    if (supply !== wanted) this.#fail(`supply ${supply} at ${tip.height}, not ${wanted}`);
  }

  async #supplyAt(record: HeaderRecord, node: StakingNode): Promise<bigint> {
    if (record.height === 0) return 0n;
    const known = this.#supply.get(record.hash);
    if (known !== undefined) return known;
    const parent = await node.stores.headers.get(toHashHex(record.header.prev));
    if (parent === undefined) throw new RangeError("a block has a parent");
    const before = await this.#supplyAt(parent.record, node);
    const supply = before + blockReward(record.height, record.proofKind, consensus);
    this.#supply.set(record.hash, supply);
    return supply;
  }

  async #countSplit({ stores }: StakingNode, { hash }: HeaderRecord): Promise<void> {
    const body = await stores.blocks.get(hash);
    const block = body === undefined ? undefined : decodeBlock(body, consensus.wire);
    if (block?.ok !== true) throw new RangeError("a block of ours has a body");
    const outputs = coinstakeOf(block.value, consensus)?.outputs.length ?? 0;
    if (outputs > 2) this.#counts.split++;
  }

  /** People pay, and now and then somebody mines. */
  async #live(player: Player): Promise<void> {
    if (this.#random.below(3) === 0) await this.#send(player);
    if (this.#random.below(60) > 0) return;
    const mined = await player.node.staker.generate(1, treasury.payToHash);
    if (!mined.ok) this.#fail(mined.error.message);
    this.#counts.mined++;
    await this.#checkSupply(player);
    if (this.#cut === undefined) await this.#spread(player);
  }

  /** A payment of one coin in two or three parts, dated up to a slot before or after now. */
  async #send({ node, key }: Player): Promise<void> {
    // What a reorganisation gave back spends coins again.
    await node.pool.follow();
    const tip = await node.validator.tip();
    const held = (await new CoinWatch(node.deps).held(tip)) ?? [];
    const ripe = held.filter(
      ({ coin }) =>
        tip.height + 1 - coin.height >= consensus.maturityBlocks && coin.value > 2n * FEE,
    );
    if (ripe.length === 0) return;
    const { outpoint, coin } = this.#random.pick<WalletStakeCoin>(ripe);
    const now = node.clock.now() - SLOT_SECONDS + this.#random.below(2 * SLOT_SECONDS);
    const part = (coin.value - FEE) / 3n;
    const to = () => this.#random.pick([alice, bob, key]).payToHash;
    const tx = buildTransaction(
      {
        time: unixSeconds(Math.max(now, coin.time)),
        inputs: [{ outpoint, coin, by: key }],
        outputs: [output(part, to()), output(coin.value - FEE - part, to())],
      },
      consensus,
    );
    const verdict = await node.pool.accept(tx.raw, { source: "local" });
    if (verdict.state === "accepted") this.#counts.sent++;
    else this.#fail(`a payment is ${JSON.stringify(verdict)}`);
  }

  async #cutOrJoin(): Promise<void> {
    const heights = await Promise.all(this.#players.map(({ node }) => node.height()));
    if (this.#cut === undefined) {
      if (this.#random.below(25) > 0) return;
      this.#cut = { slots: 4 + this.#random.below(60), height: Math.max(...heights) };
      return;
    }
    this.#cut.slots--;
    const { slots, height } = this.#cut;
    if (slots > 0 && !heights.some((one) => one - height >= DEPTH_MAX)) return;
    this.#cut = undefined;
    for (const player of this.#players) await this.#spread(player);
  }

  /** Tell the others everything of one's chain that they lack, oldest first. */
  async #spread({ node }: Player): Promise<void> {
    const tip = await node.stores.coins.tip();
    if (tip === undefined) return;
    for (const other of this.#players) {
      if (other.node === node) continue;
      const before = await other.node.validator.tip();
      for (const [index, hash] of tip.win.entries()) {
        if (index === 0 || (await other.node.stores.headers.get(hash)) !== undefined) continue;
        const body = await node.stores.blocks.get(hash);
        if (body !== undefined) await other.node.submit(body);
      }
      await this.#countReorg(other, before);
    }
  }

  async #countReorg(player: Player, before: HeaderRecord): Promise<void> {
    const { coins } = player.node.stores;
    const tip = await coins.tip();
    if (tip === undefined || tip.hash === before.hash) return;
    await this.#checkSupply(player);
    let fork: HeaderRecord = before;
    while ((await activeHashAt(fork.height, tip, coins)) !== fork.hash) {
      const parent = await player.node.stores.headers.get(toHashHex(fork.header.prev));
      if (parent === undefined) throw new RangeError("a block has a parent");
      fork = parent.record;
    }
    const depth = before.height - fork.height;
    if (depth === 0) return;
    this.#counts.reorgs++;
    this.#counts.deepest = Math.max(this.#counts.deepest, depth);
  }
}

if (import.meta.main) {
  const seeds = Number(process.argv[2] ?? 20);
  const first = Number(process.argv[3] ?? 1);
  let failed = 0;
  for (let seed = first; seed < first + seeds; seed++) {
    const started = performance.now();
    const { failures, predicted, sigmas, ...run } = await runMinting(seed);
    const seconds = (performance.now() - started) / 1_000;
    const words = Object.entries({ ...run, predicted: predicted.toFixed(1) }).map((pair) =>
      pair.join(" "),
    );
    process.stdout.write(
      `seed ${seed}: ${words.join(", ")}, ${sigmas.toFixed(2)} sigma, ${seconds.toFixed(1)} s\n`,
    );
    for (const failure of failures) process.stdout.write(`  ${failure}\n`);
    if (failures.length > 0) failed++;
  }
  process.exitCode = failed === 0 ? 0 : 1;
}

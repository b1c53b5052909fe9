import type { CoinKey } from "#shared/coins/coin-key.ts";
import { genesisTip } from "#shared/coins/tip.ts";
import { hashAt } from "#shared/coins/view.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { connector } from "./chain-connector.ts";
import { loader, reader } from "./chain-observers.ts";
import { unspentAt } from "./chain-requests.ts";
import { ChainTree, createDice, type ModelBlock } from "./chain-tree.ts";
import {
  type Actor,
  GROUP_BLOCKS,
  type Mutant,
  type Wait,
  World,
  type WrittenTip,
} from "./chain-world.ts";

/** How large the world of a run is. */
export interface ModelShape {
  /** Deepest reorganisation, in blocks. */
  readonly window: number;
  /** Blocks of the run. */
  readonly blocks: number;
  /** Blocks of a branch that is followed to its top, at the end, before a heavier one is seen. */
  readonly deep?: number;
}

/** So small that everything that can happen does, in a tenth of a second. */
export const SMALL: ModelShape = { window: 12, blocks: 150 };
/** As the chain has it; `reorg-depths.slow.test.ts` goes through every depth of such a window. */
export const LARGE: ModelShape = { window: 500, blocks: 1_700 };
/** The same window, and a reorganisation as deep as it, which chance does not bring about. */
export const DEEP: ModelShape = { window: 500, blocks: 600, deep: 500 };

const CONNECTORS = 4;
const DEATHS = 1 / 700;
const STEPS_PER_BLOCK_MAX = 2_700;
/** After the last block came: time to connect all of them. */
const REST_STEPS_PER_BLOCK = 40;

/** What one seed came to. */
export interface ModelRun {
  readonly seed: number;
  readonly failures: readonly string[];
  readonly commits: number;
  readonly reorgs: number;
  readonly deepest: number;
  readonly verdicts: number;
  readonly reads: number;
  readonly doubles: number;
  readonly switches: number;
}

/** What the actors share, and whoever judges them: cloud.md 14.2. */
export class ChainModel {
  readonly world: World;
  readonly limit: { readonly reorgBlocksMax: number; readonly groupBlocks: number };
  readonly arrived = new Set<ModelBlock>();
  readonly bad = new Set<ModelBlock>();
  readonly outpoints: string[] = [];
  readonly #outputs = new Map<CoinKey, number>();
  readonly #byHash = new Map<HashHex, ModelBlock>();
  generations = 0;
  reads = 0;
  commits = 0;
  reorgs = 0;
  deepest = 0;
  verdicts = 0;
  switches = 0;

  constructor(world: World, genesis: ModelBlock, { window }: ModelShape) {
    this.world = world;
    this.limit = { reorgBlocksMax: window, groupBlocks: GROUP_BLOCKS };
    this.add(genesis);
    this.arrived.add(genesis);
  }

  add(block: ModelBlock): void {
    this.#byHash.set(block.hash, block);
    for (const { id, outputs } of block.txs) {
      if (this.#outputs.has(id as CoinKey)) continue;
      this.#outputs.set(id as CoinKey, outputs);
      for (let index = 0; index < outputs; index++) this.outpoints.push(`${id}:${index}`);
    }
  }

  blockOf(hash: HashHex): ModelBlock {
    const block = this.#byHash.get(hash);
    if (block === undefined) throw new TypeError(`no block ${hash}`);
    return block;
  }

  /** The block that the tip is at. */
  get top(): ModelBlock {
    const { written } = this.world;
    if (written === undefined) throw new TypeError("no tip was written");
    return this.blockOf(written.tip.hash);
  }

  outputsOf(key: CoinKey): number {
    return this.#outputs.get(key) ?? 0;
  }

  /** Blocks worth following, heaviest first. */
  heavierThan(work: bigint): ModelBlock[] {
    const heavier = [...this.arrived].filter((block) => block.work > work && !this.bad.has(block));
    return heavier.sort((a, b) => Number(b.work - a.work));
  }

  /** Take down a verdict. @returns what it should have been, so that one error stays one */
  record(block: ModelBlock, verdict: boolean): boolean {
    this.verdicts++;
    if (verdict !== block.valid) {
      this.world.fail(`${block.hash} was judged ${verdict ? "valid" : "invalid"}, and is not`);
    }
    if (!block.valid) this.bad.add(block);
    return block.valid;
  }

  /** The one conditional write; whoever judges looks at every tip that it makes. */
  commit(expectedRev: number, next: WrittenTip): boolean {
    const { world } = this;
    const before = world.written?.tip;
    if (world.mutant !== "nocas" && (before?.rev ?? 0) !== expectedRev) return false;
    world.written = next;
    this.commits++;
    if (before !== undefined) this.#compare(before, next);
    this.#checkSet();
    return true;
  }

  checkSnapshot(top: ModelBlock, coins: ReadonlyMap<string, number>): void {
    const isSame =
      coins.size === top.coins.size &&
      [...coins].every(([outpoint, at]) => top.coins.get(outpoint) === at);
    if (!isSame) this.world.fail(`the snapshot at ${top.hash} is not its replay`);
  }

  #compare(before: WrittenTip["tip"], { tip }: WrittenTip): void {
    const { world } = this;
    const isSwitch = tip.gen !== before.gen;
    if (isSwitch) this.switches++;
    if (isSwitch ? tip.work !== before.work : tip.work <= before.work)
      world.fail("work did not rise");
    if (tip.final < before.final) world.fail("final fell");
    const kept = this.#ancestor(this.blockOf(tip.hash), before.final);
    const final = this.#ancestor(this.blockOf(before.hash), before.final);
    if (kept !== final) world.fail(`the tip left the final block at ${before.final}`);
    if (hashAt(tip, before.height) === before.hash) return;
    if (this.#ancestor(this.blockOf(tip.hash), before.height)?.hash === before.hash) return;
    this.reorgs++;
    let depth = 1;
    const at = this.blockOf(before.hash);
    while (
      this.#ancestor(this.blockOf(tip.hash), at.height - depth) !==
      this.#ancestor(at, at.height - depth)
    )
      depth++;
    this.deepest = Math.max(this.deepest, depth);
  }

  #ancestor(block: ModelBlock, height: number): ModelBlock | undefined {
    let at: ModelBlock | undefined = block;
    while (at !== undefined && at.height > height) at = at.parent;
    return at;
  }

  /** The unspent set and the heights of its coins, against a replay of the tip's chain. */
  #checkSet(): void {
    const { world } = this;
    const tip = world.written?.tip;
    if (tip === undefined) return;
    const block = this.blockOf(tip.hash);
    const items = world.items[tip.gen];
    for (const outpoint of this.outpoints) {
      const colon = outpoint.indexOf(":");
      const item = items?.get(outpoint.slice(0, colon) as CoinKey);
      let found: number | undefined;
      try {
        found = unspentAt(this, tip, item, Number(outpoint.slice(colon + 1)));
      } catch (cause) {
        if (!(cause instanceof RangeError)) throw cause;
        world.fail(cause.message);
        return;
      }
      if (found === block.coins.get(outpoint)) continue;
      world.fail(`${outpoint} is at ${found} in ${tip.hash}, not at ${block.coins.get(outpoint)}`);
      return;
    }
  }

  /** At rest the tip is the heaviest block that can be reached without leaving a final one. */
  checkRest(): void {
    this.#checkSet();
    const tip = this.world.written?.tip;
    if (tip === undefined) return;
    const final = this.#ancestor(this.blockOf(tip.hash), tip.final);
    for (const block of this.arrived) {
      if (block.work <= tip.work || this.#ancestor(block, tip.final) !== final) continue;
      let at: ModelBlock | undefined = block;
      while (at?.valid) at = at.parent;
      if (at === undefined) this.world.fail(`the heavier ${block.hash} was not connected`);
    }
  }
}

type Role = (model: ChainModel, self: Actor) => Generator<Wait, void, void>;

function spawn(model: ChainModel, role: Role): Actor {
  const actor: Actor = { name: role.name, alive: true, program: undefined, left: 0, wakeAt: 0 };
  actor.program = role(model, actor);
  return actor;
}

/** Blocks arrive in any order, one by one or in bursts longer than the window. */
class Arrivals {
  readonly #tree: ChainTree;
  readonly #model: ChainModel;
  readonly #hidden: ModelBlock[] = [];
  readonly #shape: ModelShape;
  #burst = 0;
  /** Of the fork at the end, those that nobody has seen yet. */
  #branches: (readonly ModelBlock[])[] | undefined;
  #isForked: boolean;

  constructor(tree: ChainTree, model: ChainModel, shape: ModelShape) {
    this.#tree = tree;
    this.#model = model;
    this.#shape = shape;
    this.#isForked = shape.deep === undefined;
  }

  get isOver(): boolean {
    return this.#isGrown && this.#isForked;
  }

  get #isGrown(): boolean {
    return this.#tree.blocks.length > this.#shape.blocks && this.#hidden.length === 0;
  }

  /** Show one branch more of a fork at the tip, as soon as all that was shown is followed. */
  #fork(deep: number): void {
    const { top } = this.#model;
    if (this.#model.heavierThan(top.work).length > 0) return;
    this.#branches ??= [...this.#tree.fork(top, deep)];
    const branch = this.#branches.shift();
    this.#isForked = branch === undefined;
    for (const block of branch ?? []) {
      this.#model.add(block);
      this.#model.arrived.add(block);
    }
  }

  tick(): void {
    const { dice } = this.#model.world;
    if (this.#isGrown) {
      if (dice.chance(0.012)) this.#fork(this.#shape.deep ?? 0);
      return;
    }
    if (
      this.#tree.blocks.length <= this.#shape.blocks &&
      dice.chance(this.#tree.isDuel ? 0.2 : 0.012)
    ) {
      const block = this.#tree.grow();
      this.#model.add(block);
      this.#hidden.push(block);
      if (this.#burst === 0 && dice.chance(0.05))
        this.#burst = this.#shape.window + 2 + dice.below(6);
    }
    const isOver = this.#tree.blocks.length > this.#shape.blocks;
    if (this.#tree.isDuel) this.#burst = 1;
    if (!isOver && (this.#tree.isDuel || this.#hidden.length < this.#burst)) return;
    const isBurst = this.#burst > 0;
    this.#burst = 0;
    if (!isBurst && !dice.chance(0.012)) return;
    do {
      const at = dice.below(this.#hidden.length);
      const [block] = this.#hidden.splice(at, 1);
      if (block !== undefined) this.#model.arrived.add(block);
    } while (isBurst && this.#hidden.length > 0);
  }
}

/** Run one seed to its end. The same seed and mutant give the same run. */
export function runModel(seed: number, mutant?: Mutant, shape = SMALL): ModelRun {
  const dice = createDice(seed);
  const world = new World(dice, mutant);
  const tree = new ChainTree(dice, shape.window);
  const model = new ChainModel(world, tree.genesis, shape);
  model.commit(0, { tip: genesisTip({ hash: tree.genesis.hash, work: 0n }).tip, by: 0 });
  const arrivals = new Arrivals(tree, model, shape);
  const roles: Role[] = [...new Array<Role>(CONNECTORS).fill(connector), reader, loader];
  const actors = roles.map((role) => spawn(model, role));

  const stepsMax = STEPS_PER_BLOCK_MAX * shape.blocks;
  const run = (isOver: () => boolean, deaths: number): void => {
    while (
      !isOver() &&
      world.step < stepsMax &&
      (mutant === undefined || world.failures.length === 0)
    ) {
      world.deliverOne();
      for (const [index, actor] of actors.entries()) {
        if (actor.alive && actor.wakeAt <= world.step) world.resume(actor);
        if (actor.alive && !dice.chance(deaths / actors.length)) continue;
        actor.alive = false;
        actors[index] = spawn(model, roles[index] ?? connector);
      }
      if (!arrivals.isOver) arrivals.tick();
    }
  };
  run(() => arrivals.isOver, DEATHS);
  world.calm();
  const restAt = world.step + REST_STEPS_PER_BLOCK * shape.blocks;
  run(() => world.step >= restAt, 0);
  world.deliverAllLate();
  const lateRest = world.step + 1_500;
  run(() => world.step >= lateRest, 0);
  model.checkRest();
  const { commits, reorgs, deepest, verdicts, reads, switches } = model;
  const { failures, doubles } = world;
  return { seed, failures, commits, reorgs, deepest, verdicts, reads, doubles, switches };
}

/** The first seed, from 1, with which a mutant fails; `undefined` when none up to the last does. */
export function firstFailing(mutant: Mutant, seedMax = 200): number | undefined {
  for (let seed = 1; seed <= seedMax; seed++) {
    if (runModel(seed, mutant).failures.length > 0) return seed;
  }
  return undefined;
}

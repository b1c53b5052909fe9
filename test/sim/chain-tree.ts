import type { HashHex } from "#shared/primitives/brand.ts";

/** A transaction of the model: an id, how many outputs, and what it spends (`id:index`). */
export interface ModelTx {
  readonly id: string;
  readonly outputs: number;
  readonly inputs: readonly string[];
}

/** A block of the model, with what a replay of its chain knows about it. */
export interface ModelBlock {
  readonly hash: HashHex;
  readonly parent: ModelBlock | undefined;
  readonly height: number;
  readonly work: bigint;
  readonly txs: readonly ModelTx[];
  /** The reference verdict: its own rules hold on the chain of its parent. */
  readonly valid: boolean;
  /** Unspent outputs after it, each with the height that made it. Only where the chain is valid. */
  readonly coins: ReadonlyMap<string, number>;
}

/** Random numbers of one seed. */
export interface Dice {
  /** In [0, 1). */
  next(): number;
  /** 0 to limit - 1. */
  below(limit: number): number;
  chance(probability: number): boolean;
  pick<T>(values: readonly T[]): T | undefined;
}

/** @source mulberry32, public domain */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (values) => values[below(values.length)],
  };
}

const MINERS = 3;
/** Of the transactions of a block: taken from what other branches hold. */
const SHARED = 0.6;
/** How often two branches grow longer than the window before anybody sees them. */
const DUELS = 0.015;
const DOUBLE_SPENDS = 0.06;
const REPEATED_COINBASES = 0.05;

/** Replay one block on the set its parent left. @returns the set after it, or nothing if invalid */
function replay(
  height: number,
  txs: readonly ModelTx[],
  before: ReadonlyMap<string, number>,
): Map<string, number> | undefined {
  for (const tx of txs) {
    for (let index = 0; index < tx.outputs; index++) {
      if (before.has(`${tx.id}:${index}`)) return undefined;
    }
  }
  const coins = new Map(before);
  for (const tx of txs) {
    for (const input of tx.inputs) if (!coins.delete(input)) return undefined;
    for (let index = 0; index < tx.outputs; index++) coins.set(`${tx.id}:${index}`, height);
  }
  return coins;
}

/** A random tree of blocks, grown by a few miners who withhold, publish in bursts, and fork. */
export class ChainTree {
  readonly genesis: ModelBlock;
  readonly blocks: ModelBlock[];
  readonly #dice: Dice;
  readonly #window: number;
  readonly #miners: ModelBlock[];
  readonly #txs: ModelTx[] = [];
  #best: ModelBlock;
  #ids = 0;
  /** Blocks that two miners still mine against each other, each on a branch of its own. */
  #duel = 0;

  constructor(dice: Dice, window: number) {
    this.#dice = dice;
    this.#window = window;
    this.genesis = {
      hash: "g0" as HashHex,
      parent: undefined,
      height: 0,
      work: 0n,
      txs: [],
      valid: true,
      coins: new Map(),
    };
    this.blocks = [this.genesis];
    this.#best = this.genesis;
    this.#miners = new Array<ModelBlock>(MINERS).fill(this.genesis);
  }

  /** One more block, on some miner's chain. */
  grow(): ModelBlock {
    const dice = this.#dice;
    if (this.#duel === 0 && dice.chance(DUELS)) this.#startDuel();
    const isDuel = this.#duel > 0;
    const miner = isDuel ? this.#duel-- % 2 : dice.below(MINERS);
    let parent = this.#miners[miner] ?? this.genesis;
    const isBehind = this.#best.height - parent.height > this.#window / 2;
    if (!isDuel && (isBehind || dice.chance(0.12))) parent = this.#forkPoint();
    if (!parent.valid) parent = (isDuel ? parent.parent : undefined) ?? this.#forkPoint();
    const block = this.#mine(parent);
    this.#miners[miner] = block;
    if (block.valid && block.work > this.#best.work) this.#best = block;
    this.blocks.push(block);
    return block;
  }

  /** Two branches of a block: the first with so many blocks, the second heavier in the end. */
  fork(from: ModelBlock, blocks: number): readonly [readonly ModelBlock[], readonly ModelBlock[]] {
    const branches: [ModelBlock[], ModelBlock[]] = [[], []];
    const tops: [ModelBlock, ModelBlock] = [from, from];
    const isShort = () => tops[0].height < from.height + blocks;
    while (isShort() || tops[1].work <= tops[0].work) {
      const which = isShort() && branches[0].length <= branches[1].length ? 0 : 1;
      const block = this.#mine(tops[which]);
      if (block.valid) tops[which] = block;
      branches[which].push(block);
      this.blocks.push(block);
    }
    return branches;
  }

  /** Whether two long branches are being mined in secret. */
  get isDuel(): boolean {
    return this.#duel > 0;
  }

  #startDuel(): void {
    const fork = this.#forkPoint();
    this.#miners[0] = fork;
    this.#miners[1] = fork;
    this.#duel = 2 * (this.#window + 2 + this.#dice.below(6));
  }

  #forkPoint(): ModelBlock {
    let at = this.#best;
    const depth = this.#dice.chance(0.5) ? 0 : this.#dice.below(this.#window);
    for (let step = 0; step < depth && at.parent !== undefined; step++) at = at.parent;
    return at;
  }

  #mine(parent: ModelBlock): ModelBlock {
    const dice = this.#dice;
    const height = parent.height + 1;
    const id = this.#ids++;
    const coinbase = this.#coinbase(parent, id);
    const txs = [coinbase];
    const coins = new Map(parent.coins);
    for (let index = 0; index < coinbase.outputs; index++)
      coins.set(`${coinbase.id}:${index}`, height);
    const count = dice.below(4);
    for (let made = 0; made < count; made++) {
      const tx = this.#transaction(parent, coins, txs);
      if (tx === undefined) continue;
      for (const input of tx.inputs) coins.delete(input);
      for (let index = 0; index < tx.outputs; index++) coins.set(`${tx.id}:${index}`, height);
      txs.push(tx);
    }
    if (dice.chance(DOUBLE_SPENDS)) {
      const known = dice.pick(this.#txs);
      const spent = `${known?.id}:0`;
      if (known !== undefined && !coins.has(spent)) {
        txs.push({ id: `d${id}`, outputs: 1, inputs: [spent] });
      }
    }
    const after = replay(height, txs, parent.coins);
    return {
      hash: `b${id}` as HashHex,
      parent,
      height,
      work: parent.work + BigInt(1 + dice.below(3)),
      txs,
      valid: after !== undefined,
      coins: after ?? parent.coins,
    };
  }

  /** Usually a new one; sometimes one of before whose outputs are all spent on this chain. */
  #coinbase(parent: ModelBlock, id: number): ModelTx {
    if (this.#dice.chance(REPEATED_COINBASES)) {
      for (let at: ModelBlock | undefined = parent; at !== undefined; at = at.parent) {
        const old = at.txs[0];
        if (
          old !== undefined &&
          !parent.coins.has(`${old.id}:0`) &&
          !parent.coins.has(`${old.id}:1`)
        ) {
          return old;
        }
      }
    }
    return { id: `c${id}`, outputs: 1 + this.#dice.below(2), inputs: [] };
  }

  #transaction(
    parent: ModelBlock,
    coins: ReadonlyMap<string, number>,
    txs: readonly ModelTx[],
  ): ModelTx | undefined {
    const dice = this.#dice;
    if (dice.chance(SHARED)) {
      // Newest first: those sit in competing blocks of about this height.
      const recent = this.#txs.slice(-24);
      const shared = recent.filter((tx) => {
        return (
          tx.inputs.every((input) => coins.has(input)) &&
          !txs.includes(tx) &&
          !parent.coins.has(`${tx.id}:0`) &&
          !coins.has(`${tx.id}:0`)
        );
      });
      const tx = dice.pick(shared);
      if (tx !== undefined) return tx;
    }
    const unspent = [...coins.keys()];
    const inputs = new Set<string>();
    for (let at = 0; at < 1 + dice.below(2); at++) {
      const input = dice.pick(unspent);
      if (input !== undefined) inputs.add(input);
    }
    if (inputs.size === 0) return undefined;
    const tx = { id: `t${this.#ids++}`, outputs: 1 + dice.below(3), inputs: [...inputs] };
    this.#txs.push(tx);
    return tx;
  }
}

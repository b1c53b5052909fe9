import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { Block } from "#shared/primitives/block.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import {
  buildStake,
  buildWork,
  type HeldCoin,
  madeUpOutpoint,
  type Signer,
  type Spend,
  type StakeParts,
  signer,
} from "./block-builder.ts";
import { JudgedChain } from "./whole-judge.ts";

/** Holds every coin of a rich chain. */
export const OWNER: Signer = signer(1);
export const OTHER: Signer = signer(2);

/** After the drift switch of the family. */
export const START_TIME = 1_600_000_000;

/** Blocks that a rich chain has: the premine and the first coins are mature. */
const BLOCKS = 30;

/** A chain of proof of work whose coins OWNER holds, with coins to be had for the asking. */
export class RichChain extends JudgedChain {
  #granted = 0;

  constructor(network: Network = exosRegtest) {
    super(network);
    for (let at = 1; at <= BLOCKS; at++) {
      this.append(buildWork(this.place, OWNER.payToKey, { time: START_TIME + 16 * at }));
    }
  }

  get place() {
    return { parent: this.tip, params: this.network.consensus };
  }

  /** A clock that shows the time of the next block. */
  get now(): number {
    return this.tip.header.time + 16;
  }

  /** The output of the coinbase at a height, ready to be signed. */
  coinbaseAt(at: number): Spend {
    const tx = this.blocks[at - 1]?.transactions[0];
    if (tx === undefined) throw new RangeError(`no block at ${at}`);
    const outpoint = { txid: tx.txid, index: 0 };
    const coin = this.coins.coin(outpoint);
    if (coin === undefined) throw new RangeError(`no coin of ${at}`);
    return { outpoint, coin, by: OWNER };
  }

  /** The premine: heavy enough to be a kernel in every slot. */
  get premine(): Spend {
    return this.coinbaseAt(2);
  }

  /** A coin that no transaction made: 100 coins to OWNER at height 1 but for what is said. */
  grant(change: Partial<Coin> = {}): HeldCoin & { readonly by: Signer } {
    const outpoint = madeUpOutpoint(++this.#granted);
    const coin: Coin = {
      value: amount(10_000_000_000n),
      scriptPubKey: OWNER.payToKey,
      time: unixSeconds(START_TIME),
      height: height(1),
      kind: "ordinary",
      ...change,
    };
    this.coins.add(outpoint, coin);
    return { outpoint, coin, by: OWNER };
  }

  work(parts: Parameters<typeof buildWork>[2] = {}): Block {
    return buildWork(this.place, OWNER.payToKey, parts);
  }

  stake(parts: Partial<StakeParts> = {}): Block {
    return buildStake(this.place, { kernel: this.premine, ...parts });
  }
}

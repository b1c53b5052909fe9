import { createValidator } from "#services/validate/core.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import { describeHeader } from "#shared/consensus/describe-header.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { amount, type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { type BlockParts, buildTransaction, buildWork, output } from "../support/block-builder.ts";
import { seededNumbers } from "../support/flaky.ts";
import { type ChainBlock, forkedChain } from "../support/forked-chain.ts";
import { memoryValidator } from "../support/memory-validator.ts";
import { mineChain } from "../support/mine.ts";
import { OTHER, OWNER, RichChain } from "../support/rich-chain.ts";
import { HostileCity } from "./hostile-city.ts";

/** Virtual time of the hostile part of a run, and of the calm one, in which who froze wakes. */
const HOSTILE_SECONDS = 7_200;
const CALM_SECONDS = 4_500;
const HOUR = 3_600;
const STEPS_MAX = 200_000;

/** The blocks of a run, and where every city has to end. */
export interface HostileScenario {
  readonly blocks: readonly ChainBlock[];
  readonly poison: HashHex;
  readonly end: { readonly hash: HashHex; readonly muhash: HashHex };
}

/**
 * A trunk and three branches. The heaviest chains of all lead through one block that fells whoever
 * reads it, one that pays itself too much, and one with another one's signature; the best of the rest is the end.
 */
export async function hostileScenario(): Promise<HostileScenario> {
  const chain = forkedChain();
  const best = chain.branch(9, 3);
  const second = chain.branch(9, 2);
  const [last, fatal] = [best.at(-1), second.at(-1)];
  if (last === undefined || fatal === undefined) throw new RangeError("no branch");
  const bad = [overpaid(last), missigned(last)];
  const above = [await grow(bad[0], 1), await grow(bad[1], 1), await grow(fatal, 3)].flat();
  const blocks = [...chain.trunk, ...chain.branch(5), ...second, ...best, ...bad, ...above];
  const alone = memoryValidator(exosRegtest, unixSeconds(1_795_000_000));
  const validator = createValidator(alone);
  for (const { bytes } of [...chain.trunk, ...best]) await validator.accept(bytes);
  await validator.connect();
  const tip = await alone.coins.tip();
  if (tip?.hash !== last.record.hash) throw new RangeError("the best branch is not followed");
  const { muhash } = await alone.coins.totals(tip);
  return { blocks, poison: fatal.record.hash, end: { hash: tip.hash, muhash: toHashHex(muhash) } };
}

/** Blocks of proof of work on another one. */
function grow(on: ChainBlock | undefined, count: number): Promise<ChainBlock[]> {
  if (on === undefined) throw new RangeError("no block to grow on");
  return mineChain(on.record, count, { script: Uint8Array.of(0x51), network: exosRegtest });
}

/** A block that spends a coin with another one's key. */
function missigned(on: ChainBlock): ChainBlock {
  const time = unixSeconds(on.record.header.time + 16);
  const spend = { ...new RichChain().coinbaseAt(22), by: OTHER };
  const outputs = [output(spend.coin.value - 100_000n, OWNER.payToKey)];
  const stolen = buildTransaction({ time, inputs: [spend], outputs }, exosRegtest.consensus);
  return workOn(on, { transactions: [stolen] });
}

/** A block whose coinbase takes one unit more than there is. */
function overpaid(on: ChainBlock): ChainBlock {
  return workOn(on, {
    coinbase: (tx) => ({
      ...tx,
      outputs: tx.outputs.map((out) => ({ ...out, value: amount(out.value + 1n) })),
    }),
  });
}

function workOn({ record: parent }: ChainBlock, parts: BlockParts): ChainBlock {
  const { consensus } = exosRegtest;
  const time = parent.header.time + 16;
  const block = buildWork({ parent, params: consensus }, OWNER.payToKey, { time, ...parts });
  return {
    bytes: encodeBlock(block, consensus.wire),
    record: describeHeader(block, parent, consensus),
  };
}

/** How one city ended. */
export interface HostileOutcome {
  readonly hash: HashHex | undefined;
  readonly muhash: HashHex | undefined;
  readonly failures: readonly string[];
  readonly count: Readonly<Record<string, number>>;
}

/** Run one city through everything, on its own luck. */
export async function runHostileCity(
  seed: number,
  scenario: HostileScenario,
): Promise<HostileOutcome> {
  const city = new HostileCity(seededNumbers(seed), scenario);
  await city.load();
  let hasWoken = false;
  let steps = 0;
  for (; city.nowSeconds < HOSTILE_SECONDS + CALM_SECONDS && steps < STEPS_MAX; steps++) {
    city.isCalm = city.nowSeconds >= HOSTILE_SECONDS;
    await city.step();
    if (hasWoken || city.nowSeconds < HOUR) continue;
    hasWoken = true;
    if (await city.wake()) city.failures.push("a loader that woke wrote its tip");
  }
  if (steps === STEPS_MAX) city.failures.push("it goes on and on");
  const tip = await city.deps.coins.tip();
  const totals = tip?.mu === undefined ? undefined : RunningTotals.decode("exos", tip.mu).totals();
  const { blocks, connect } = city;
  return {
    hash: tip?.hash,
    muhash: totals === undefined ? undefined : toHashHex(totals.muhash),
    failures: city.failures,
    count: {
      steps,
      ...city.count,
      alarms: city.alarms,
      delivered: blocks.count.delivered + connect.count.delivered,
      lost: blocks.count.lost + connect.count.lost,
      doubled: blocks.count.doubled + connect.count.doubled,
      dropped: connect.count.dropped,
      dead: blocks.count.dead + connect.count.dead,
    },
  };
}

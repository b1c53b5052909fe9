import { describe, expect, it } from "vitest";
import { createValidator } from "#services/validate/core.ts";
import { readCoins } from "#services/validate/read-coins.ts";
import { readTip } from "#services/validate/tip-view.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { OUTPUTS_MAX } from "#shared/coins/coin-key.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import {
  buildStake,
  buildTransaction,
  buildWork,
  madeUpOutpoint,
  output,
  signer,
} from "../../support/block-builder.ts";
import { memoryValidator } from "../../support/memory-validator.ts";

const NOW = unixSeconds(1_700_000_000);
const staker = signer(7);
const { consensus } = exosRegtest;

function stakedCoin(time: number) {
  return {
    value: amount(1_000n),
    scriptPubKey: staker.payToKey,
    time: unixSeconds(time),
    height: height(1),
    kind: "ordinary",
  } as const;
}

/** A block after genesis that stakes an output of a transaction nobody has seen. */
function stakeOfNothing(index: number) {
  const outpoint = { ...madeUpOutpoint(1), index };
  const kernel = { outpoint, coin: stakedCoin(0), by: staker };
  return buildStake({ parent: genesisRecord(exosRegtest), params: consensus }, { kernel });
}

describe("a stake of an output that no transaction can have", () => {
  const indexes = [0, OUTPUTS_MAX - 1, OUTPUTS_MAX, 0xffff_ffff];

  it.each(indexes)("has nothing unspent beside it, at index %i", async (index) => {
    const deps = memoryValidator(exosRegtest, NOW);
    const block = stakeOfNothing(index);
    const coins = await readCoins(block, await readTip(deps), deps.coins);
    const prevout = { txid: madeUpOutpoint(1).txid, index };
    expect(coins.coin(prevout)).toBeUndefined();
    expect(coins.hasUnspent(prevout.txid)).toBe(false);
  });

  it.each(indexes)(
    "is refused like any other coin that is not there, at index %i",
    async (index) => {
      const deps = memoryValidator(exosRegtest, NOW);
      const validator = createValidator(deps);
      const block = stakeOfNothing(index);
      await validator.accept(encodeBlock(block, consensus.wire));
      await validator.connect();
      const again = await validator.accept(encodeBlock(block, consensus.wire));
      expect(again).toMatchObject({
        state: "known",
        stored: { rejected: { code: "read-txPrev-failed", stage: "full" } },
      });
    },
  );
});

it("a transaction of more outputs than coins have names for is refused by its block's weight", async () => {
  const deps = memoryValidator(exosRegtest, NOW);
  const outputs = Array.from({ length: OUTPUTS_MAX + 1 }, () => output(1n, new Uint8Array(0)));
  const spend = { outpoint: madeUpOutpoint(2), coin: stakedCoin(0) };
  const huge = buildTransaction({ inputs: [spend], outputs }, consensus);
  const env = { parent: genesisRecord(exosRegtest), params: consensus };
  const block = buildWork(env, staker.payToKey, { transactions: [huge] });
  const accepted = await createValidator(deps).accept(encodeBlock(block, consensus.wire));
  expect(accepted).toMatchObject({
    state: "refused",
    error: { code: "bad-blk-weight", stage: "partial" },
  });
});

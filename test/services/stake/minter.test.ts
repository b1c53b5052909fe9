import { describe, expect, it } from "vitest";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";
import {
  buildTransaction,
  coldStakingScript,
  madeUpOutpoint,
  output,
  type Signer,
  signer,
} from "../../support/block-builder.ts";
import { openStakingNode, SLOT_SECONDS, STAKING_START } from "../../support/staking-node.ts";

const key = signer(7);
const COIN = 100_000_000n;

/** Blocks of the chain above genesis, decoded. */
async function tipBlock(node: ReturnType<typeof openStakingNode>) {
  const { hash } = await node.validator.tip();
  const bytes = await node.stores.blocks.get(hash);
  if (bytes === undefined) throw new RangeError("the tip has a body");
  const decoded = decodeBlock(bytes, node.network.consensus.wire);
  if (!decoded.ok) throw decoded.error;
  return decoded.value;
}

describe("a minter", () => {
  it("makes a block at every slot where enough coins always win", async () => {
    const node = openStakingNode({ key });
    await node.mine(12, 100);
    for (let at = 13; at <= 40; at++) {
      await node.nextSlot();
      const { height, header } = await node.validator.tip();
      expect({ height, time: header.time }).toEqual({
        height: at,
        time: STAKING_START + 1 + SLOT_SECONDS * (at - 13),
      });
    }
    expect(await node.minter.status()).toMatchObject({
      searching: true,
      reason: { code: "searching" },
      // Of the premine those that do not rest, and what the miner earned.
      coins: 91 + 11,
      // The largest stakes first, so it is ten coins that win again and again.
      immature: (9n * 3_000_000n + 26n) * COIN,
      wins: { length: 9 },
    });
  });

  it("splits a coin that holds most of the weight, which then rests", async () => {
    const node = openStakingNode({ key });
    await node.mine(12);
    await node.nextSlot();
    const { transactions } = await tipBlock(node);
    expect(transactions[1]?.outputs).toHaveLength(9);
    await node.nextSlot();
    expect(await node.height()).toBe(13);
    expect(await node.minter.status()).toMatchObject({
      immature: (300_000_001n + 8n * 12n) * COIN,
      weight: 3n * 12n * COIN,
      coins: 3,
    });
  });

  it("stakes with the hot key of a cold-staking coin, and gives it back to its script", async () => {
    const cold = signer(9);
    const script = coldStakingScript(key, cold);
    const node = openStakingNode({ key });
    await node.mine(12, 100, script);
    await node.nextSlot();
    expect(await node.height()).toBe(13);
    const { transactions } = await tipBlock(node);
    const scripts = transactions[1]?.outputs.map(({ scriptPubKey }) => scriptPubKey);
    expect(scripts).toEqual([new Uint8Array(0), Uint8Array.of(0x6a, 33, ...key.publicKey), script]);
  });

  it("misses no slot between two looks, and takes the newest that wins", async () => {
    const node = openStakingNode({ key });
    await node.mine(12, 100);
    await node.nextSlot(50);
    expect((await node.validator.tip()).header.time).toBe(STAKING_START + 1 + 16 * 49);
  });

  it("tries a coin that came later at the slots that were tried without it", async () => {
    const node = openStakingNode({ key });
    await node.mine(12, 100);
    node.wallet.isLoaded = false;
    await node.nextSlot(20);
    node.wallet.isLoaded = true;
    // The clock stands: nothing new is due but what was missed.
    await node.minter.look();
    expect(await node.height()).toBe(13);
  });

  it("waits for its spacing where a chain is paced", async () => {
    const node = openStakingNode({ key, settings: { spacingSecondsMin: 40 } });
    await node.mine(12, 100);
    await node.nextSlot(10);
    expect(await node.height()).toBe(13);
    const heights = [];
    for (let slot = 0; slot < 6; slot++) {
      await node.nextSlot();
      heights.push(await node.height());
    }
    // 40 seconds are three slots.
    expect(heights).toEqual([13, 13, 14, 14, 14, 15]);
  });

  it("asks a signer that failed again, for the same block", async () => {
    const node = openStakingNode({ key });
    await node.mine(12, 100);
    node.wallet.fault = new StoreFault("no such device", { retryable: true });
    await node.nextSlot();
    expect((await node.minter.status()).reason).toMatchObject({
      code: "signer-down",
      text: "The signer failed: no such device.",
    });
    node.wallet.fault = undefined;
    await node.minter.look();
    expect(await node.height()).toBe(12);
    node.clock.advance(5_000);
    await node.minter.look();
    const { height, header } = await node.validator.tip();
    expect({ height, time: header.time }).toEqual({ height: 13, time: STAKING_START + 1 });
    expect((await node.minter.status()).reason.code).toBe("searching");
  });

  it("makes its block without transactions where those of the pool spoil it", async () => {
    const spoiled = buildTransaction(
      {
        time: unixSeconds(STAKING_START - 100),
        inputs: [spendOfNothing(key)],
        outputs: [output(1n, key.payToHash)],
      },
      openStakingNode({ key }).network.consensus,
    );
    const mempool = {
      template: async () => [{ tx: spoiled, fee: amount(1_000n), sigopCost: 0 }],
      spenderOf: async () => undefined,
    };
    const node = openStakingNode({ key, mempool });
    const bare = openStakingNode({ key });
    await bare.mine(12, 100);
    for (let at = 1; at <= 12; at++) {
      const hash = (await bare.stores.coins.tip())?.win[at];
      const body = hash === undefined ? undefined : await bare.stores.blocks.get(hash);
      if (body !== undefined) await node.submit(body);
    }
    await node.nextSlot();
    expect(await node.height()).toBe(13);
    expect((await tipBlock(node)).transactions).toHaveLength(2);
    const warned = node.log.records.filter(({ code }) => code === "EXOS-E6002");
    expect(warned).toMatchObject([{ fields: { reject: "bad-txns-inputs-missingorspent" } }]);
  });

  it("leaves alone a coin that the pool spends", async () => {
    const rivals = new Set<string>();
    const node = openStakingNode({
      key,
      mempool: {
        template: async () => [],
        spenderOf: async () => (rivals.size > 0 ? parseHashHex("11".repeat(32)) : undefined),
      },
    });
    await node.mine(12, 100);
    rivals.add("all");
    await node.nextSlot();
    expect((await node.minter.status()).reason.code).toBe("no-coins");
    rivals.clear();
    await node.nextSlot();
    expect(await node.height()).toBe(13);
  });

  it("makes another block where the one it made was invalidated, and says what became of it", async () => {
    const node = openStakingNode({ key });
    await node.mine(12, 100);
    await node.nextSlot();
    const first = await node.validator.tip();
    expect((await node.minter.status()).wins).toMatchObject([{ code: "won", blocksLeft: 9 }]);
    await node.validator.invalidate(first.hash);
    await node.minter.look();
    const second = await node.validator.tip();
    expect({ height: second.height, isOther: second.hash !== first.hash }).toEqual({
      height: 13,
      isOther: true,
    });
    const { wins } = await node.minter.status();
    expect(wins).toMatchObject([
      { code: "won", hash: second.hash },
      { code: "orphaned", hash: first.hash },
    ]);
    expect(node.log.records.filter(({ code }) => code === "EXOS-E6004")).toHaveLength(1);
  });
});

function spendOfNothing(by: Signer) {
  const { outpoint, coin } = {
    outpoint: madeUpOutpoint(77),
    coin: {
      value: amount(5_000n),
      scriptPubKey: by.payToHash,
      time: unixSeconds(STAKING_START - 200),
      height: height(1),
      kind: "ordinary" as const,
    },
  };
  return { outpoint, coin, by };
}

import { expect, it, onTestFinished, vi } from "vitest";
import { blockItems } from "#shared/adapters/aws/index-block-items.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import type { BlockRow } from "#shared/ports/address-index.ts";
import { amount } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { buildTransaction, output } from "../../../support/block-builder.ts";
import { RichChain } from "../../../support/rich-chain.ts";

const OWNERS = 1_000;
/** Whatever looks at each element of an array. */
const WALKS = ["entries", "filter", "find", "flatMap", "map", "some"] as const;

it("looks at the outputs and inputs of a transaction a few times, however many owners it has", async () => {
  const chain = new RichChain();
  const { wire } = chain.network.consensus;
  const scriptOf = (owner: number) => Uint8Array.of(0x02, owner >> 8, owner & 0xff);
  const owners = Array.from({ length: OWNERS }, (_, owner) => owner);
  const inputs = owners.map(() => {
    const { outpoint, coin } = chain.grant();
    return { outpoint, coin, scriptSig: new Uint8Array(0) };
  });
  const outputs = owners.map((owner) => output(1n, scriptOf(owner)));
  const transactions = [buildTransaction({ inputs, outputs }, chain.network.consensus)];
  const block = chain.work({ transactions });
  const { hash, height, header } = chain.tip;
  const parent: BlockRow = {
    ...{ hash, height, time: header.time, proofKind: "work", makerScript: new Uint8Array(0) },
    ...{ transactions: 1, inputs: 0, outputs: 1, size: 0, transactionsSum: 1, coinsSum: 1 },
    ...{ fees: amount(0n), reward: amount(0n), supply: amount(0n), unspendableSum: amount(0n) },
  };
  const next = { hash: toHashHex(block.hash), height, bytes: encodeBlock(block, wire) };

  const walks = WALKS.map((name) => vi.spyOn(Array.prototype, name));
  onTestFinished(() => {
    for (const walk of walks) walk.mockRestore();
  });
  const { items } = await blockItems(next, parent, {
    wire,
    outputs: async (outpoints) =>
      outpoints.map((_, at) => ({ value: amount(10n), scriptPubKey: scriptOf(at) })),
  });
  let looks = 0;
  for (const { mock } of walks) {
    for (const walked of mock.contexts) looks += (walked as readonly unknown[]).length;
  }
  expect(items.length).toBeGreaterThan(OWNERS);
  expect(looks).toBeLessThan(100 * OWNERS);
});

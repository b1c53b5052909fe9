import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Network } from "#shared/consensus/params.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import { height, unixSeconds } from "#shared/primitives/brand.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { witnessSignatureHash } from "#shared/script/signature-hash.ts";
import { buildTransaction, output, type Spend, signDigest } from "../support/block-builder.ts";
import { codeOf, idOf } from "../support/pool-rig.ts";
import { OWNER } from "../support/rich-chain.ts";
import { openTestNode, temporaryFolder } from "../support/test-node.ts";

const FEE = 100_000n;

/** Mine blocks, and give the first coin of the first of them. */
async function minedCoin(node: EmbeddedNode, count: number): Promise<Spend> {
  const mined = await node.staker.generate(count, OWNER.payToKey);
  if (!mined.ok) throw new RangeError(mined.error.message);
  const [hash] = mined.value;
  const bytes = hash === undefined ? undefined : await node.blocks.get(hash);
  const decoded = decodeBlock(bytes ?? new Uint8Array(0), node.network.consensus.wire);
  if (!decoded.ok) throw decoded.error;
  const [coinbase] = decoded.value.transactions;
  if (coinbase === undefined) throw new RangeError("a block without a coinbase");
  return spendOf(coinbase);
}

function spendOf(tx: HashedTransaction): Spend {
  const [made] = tx.outputs;
  if (made === undefined) throw new RangeError("no output");
  const coin = { ...made, time: tx.time, height: height(1), kind: "ordinary" } as const;
  return { outpoint: { txid: tx.txid, index: 0 }, coin, by: OWNER };
}

async function pay(
  node: EmbeddedNode,
  spend: Spend,
  script: Uint8Array,
): Promise<HashedTransaction> {
  const { consensus } = node.network;
  const { header } = await node.tip();
  const time = unixSeconds(consensus.wire.transactionTime ? header.time : 0);
  const outputs = [output(spend.coin.value - FEE, script)];
  return buildTransaction({ time, inputs: [spend], outputs }, consensus);
}

/** A coin of a key's hash in a witness program, spent back to the key. */
function spendProgram(funding: HashedTransaction, network: Network): HashedTransaction {
  const { outpoint, coin } = spendOf(funding);
  const unsigned = {
    version: 2,
    time: unixSeconds(0),
    inputs: [
      { prevout: outpoint, scriptSig: new Uint8Array(0), sequence: 0xffff_ffff, witness: [] },
    ],
    outputs: [output(coin.value - FEE, OWNER.payToKey)],
    lockTime: 0,
  };
  const scriptCode = OWNER.payToHash;
  const context = { tx: unsigned, index: 0, scriptCode, hashType: 1 };
  const signature = signDigest(witnessSignatureHash(context, coin.value), OWNER);
  const witness = [Uint8Array.of(...signature, 1), OWNER.publicKey];
  const inputs = unsigned.inputs.map((input) => ({ ...input, witness }));
  return hashTransaction({ ...unsigned, inputs }, network.consensus.wire);
}

/** Run a node until its pool has taken back what was saved, do something, and stop in good order. */
async function whileRunning(node: EmbeddedNode, task: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const running = node.run(stop.signal);
  while (!(await node.mempool.info()).loaded) await node.clock.sleep(1);
  await task();
  stop.abort();
  await running;
}

describe("a node that stops and starts again", () => {
  it("has what waited, mines it, and then has nothing", async () => {
    using folder = temporaryFolder();
    let tx: HashedTransaction | undefined;
    {
      await using node = await openTestNode(exosRegtest, folder.path);
      await whileRunning(node, async () => {
        const coin = await minedCoin(node, 12);
        tx = await pay(node, coin, OWNER.payToKey);
        const verdict = await node.mempool.accept(tx.raw, { source: "local" });
        expect(codeOf(verdict)).toBe("accepted");
      });
    }
    if (tx === undefined) throw new RangeError("nothing was paid");
    for (const ids of [[idOf(tx)], []]) {
      await using node = await openTestNode(exosRegtest, folder.path);
      await whileRunning(node, async () => {
        expect(await node.mempool.ids()).toEqual(ids);
        await node.staker.generate(1, OWNER.payToKey);
        await node.mempool.follow();
        expect(await node.mempool.ids()).toEqual([]);
      });
    }
  });

  it("starts with an empty pool where its file is damaged, and says so", async () => {
    using folder = temporaryFolder();
    let path = "";
    {
      await using node = await openTestNode(exosRegtest, folder.path);
      path = node.folder.mempool;
      await whileRunning(node, async () => undefined);
    }
    const bytes = new Uint8Array(readFileSync(path));
    writeFileSync(path, bytes.with(20, bytes[20] === 0 ? 1 : 0));
    const log = createMemoryLog();
    await using node = await openTestNode(exosRegtest, folder.path, { log });
    expect(log.records.map(({ code }) => code)).toContain("EXOS-E1014");
    await whileRunning(node, async () => expect(await node.mempool.ids()).toEqual([]));
  });
});

describe("bitcoin-regtest", () => {
  it("pools a witness, counts it for a quarter, and mines it under its commitment", async () => {
    using folder = temporaryFolder();
    await using node = await openTestNode(bitcoinRegtest, folder.path);
    await whileRunning(node, async () => {
      const coin = await minedCoin(node, 101);
      const program = Uint8Array.of(0, 20, ...hash160(OWNER.publicKey));
      const funding = await pay(node, coin, program);
      const spending = spendProgram(funding, bitcoinRegtest);
      const broken = spending.raw.slice();
      broken[broken.length - 50] = (broken[broken.length - 50] ?? 0) ^ 1;
      for (const [raw, code] of [
        [funding.raw, "accepted"],
        [broken, "mandatory-script-verify-flag-failed"],
        [spending.raw, "accepted"],
      ] as const) {
        expect(codeOf(await node.mempool.accept(raw, { source: "peer" }))).toBe(code);
      }
      const entry = await node.mempool.get(idOf(spending));
      expect(spending.sizeTotal).toBeGreaterThan(spending.sizeStripped);
      expect(entry?.size).toBe(Math.ceil((3 * spending.sizeStripped + spending.sizeTotal) / 4));
      expect(entry?.parents).toEqual([idOf(funding)]);
      const mined = await node.staker.generate(1, OWNER.payToKey);
      expect(mined).toMatchObject({ ok: true });
      await node.mempool.follow();
      expect(await node.mempool.ids()).toEqual([]);
    });
  });
});

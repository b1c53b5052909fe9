import { describe, expect, it } from "vitest";
import { buildTemplate } from "#services/stake/build-template.ts";
import { takeTransactions } from "#services/stake/take-transactions.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Network } from "#shared/consensus/params.ts";
import { checkWitnessCommitment } from "#shared/consensus/rules/check-witness-commitment.ts";
import type { TemplateLimits, TemplateTransaction } from "#shared/ports/mempool.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";
import { buildTransaction, madeUpOutpoint, output } from "../../support/block-builder.ts";

const TIME = unixSeconds(1_600_000_000);

/** A transaction of the pool that spends this and pays a fee. */
function pooled(
  spends: Outpoint,
  fee: bigint,
  { consensus }: Network,
  witness: readonly Uint8Array[] = [],
): TemplateTransaction {
  const scriptPubKey = Uint8Array.of(0x51);
  const value = amount(1_000_000n);
  const coin = { value, scriptPubKey, time: TIME, height: height(1), kind: "ordinary" } as const;
  const tx = buildTransaction(
    {
      time: unixSeconds(consensus.wire.transactionTime ? TIME : 0),
      inputs: [{ outpoint: spends, coin, scriptSig: new Uint8Array(0), witness }],
      outputs: [output(value - fee, scriptPubKey)],
    },
    consensus,
  );
  return { tx, fee: amount(fee), sigopCost: 0 };
}

function poolOf(transactions: readonly TemplateTransaction[]) {
  const asked: TemplateLimits[] = [];
  const template = async (limits: TemplateLimits) => {
    asked.push(limits);
    return transactions;
  };
  return { asked, template };
}

describe("what a block takes of the pool", () => {
  const parent = genesisRecord(exosRegtest);

  it("leaves room for what the staker adds, and takes nothing newer than the block", async () => {
    const pool = poolOf([]);
    await takeTransactions(pool, { parent, time: TIME }, exosRegtest.consensus);
    expect(pool.asked).toEqual([
      {
        sizeBytesMax: 999_000,
        sigopsMax: 19_600,
        feeRateMin: 1_000n,
        timeMax: TIME,
        height: 1,
        lockTimeCutoff: TIME,
        witness: false,
      },
    ]);
  });

  it("asks by the median time where lock times are compared with that", async () => {
    const pool = poolOf([]);
    const genesis = genesisRecord(bitcoinRegtest);
    await takeTransactions(pool, { parent: genesis, time: TIME }, bitcoinRegtest.consensus);
    const lockTimeCutoff = genesis.header.time;
    expect(pool.asked).toMatchObject([{ timeMax: undefined, lockTimeCutoff, witness: true }]);
  });

  it("leaves out what spends the kernel, and what depends on that, with their fees", async () => {
    const kernel = madeUpOutpoint(1);
    const rival = pooled(kernel, 5_000n, exosRegtest);
    const child = pooled({ txid: rival.tx.txid, index: 0 }, 7_000n, exosRegtest);
    const other = pooled(madeUpOutpoint(2), 300n, exosRegtest);
    const grandchild = pooled({ txid: child.tx.txid, index: 0 }, 9_000n, exosRegtest);
    const pool = poolOf([rival, child, other, grandchild]);
    const at = { parent, time: TIME, kernel };
    const taken = await takeTransactions(pool, at, exosRegtest.consensus);
    expect(taken).toEqual({ transactions: [other.tx], fees: 300n });
    const { kernel: _, ...work } = at;
    const all = await takeTransactions(pool, work, exosRegtest.consensus);
    expect(all).toMatchObject({ transactions: { length: 4 }, fees: 21_300n });
  });
});

describe("the coinbase of a miner", () => {
  it("takes the fees, and commits to witnesses where there are some", async () => {
    const { consensus } = bitcoinRegtest;
    const parent = genesisRecord(bitcoinRegtest);
    const witness = [Uint8Array.of(1, 2, 3)];
    for (const stack of [[], witness]) {
      const pool = poolOf([pooled(madeUpOutpoint(3), 400n, bitcoinRegtest, stack)]);
      const taken = await takeTransactions(pool, { parent, time: TIME }, consensus);
      const proof = { kind: "work", scripts: [Uint8Array.of(0x51)] } as const;
      const { transactions } = buildTemplate(parent, { time: TIME, taken, proof }, consensus);
      expect(transactions[0]?.outputs[0]?.value).toBe(50n * 100_000_000n + 400n);
      expect(transactions[0]?.outputs).toHaveLength(1 + stack.length);
      expect(checkWitnessCommitment({ transactions }, true)).toBeUndefined();
    }
  });
});

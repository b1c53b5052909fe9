import { expect, it } from "vitest";
import { judgeBlockHeader } from "#shared/consensus/judge-header.ts";
import { judgePartial } from "#shared/consensus/judge-partial.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import { output } from "../../support/block-builder.ts";
import { RichChain } from "../../support/rich-chain.ts";

/** The smallest coinbase there is: 64 bytes, and those of its script. */
function shrunk(tx: Transaction, scriptBytes: number): Transaction {
  const scriptSig = new Uint8Array(scriptBytes);
  const inputs = tx.inputs.map((input) => ({ ...input, scriptSig }));
  return { ...tx, inputs, outputs: [output(0n, new Uint8Array(0))] };
}

it.each([
  [64, "bytes"],
  [65, "invalid"],
] as const)(
  "a fault of a block with a transaction of %i bytes has effect %s",
  (sizeBytes, effect) => {
    const chain = new RichChain();
    const env = chain.env(chain.now);
    const coinbase = (tx: Transaction) => shrunk(tx, sizeBytes - 64);
    const block = chain.work({ coinbase });
    expect(block.transactions[0]?.sizeStripped).toBe(sizeBytes);
    expect(judgePartial(block, env)).toMatchObject({ code: "bad-cb-height", effect });
    const unsolved = chain.work({ coinbase, isUnsolved: true });
    expect(judgeBlockHeader(unsolved, env)).toMatchObject({ code: "high-hash", effect });
  },
);

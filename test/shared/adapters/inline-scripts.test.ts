import { expect, it, onTestFinished } from "vitest";
import { createInlineScripts } from "#shared/adapters/embedded/inline-scripts.ts";
import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import { amount } from "#shared/primitives/brand.ts";
import { transactionOf } from "../../support/spend.ts";
import { EXOS_WIRE } from "../../support/wires.ts";

const OP_1 = Uint8Array.of(0x51);

/** How many inputs of one transaction are looked at in each turn of the event loop. */
async function inputsByTurn(inputCount: number, outputBytes: number): Promise<number[]> {
  const byTurn = [0];
  let next = setImmediate(function turn() {
    byTurn.push(0);
    next = setImmediate(turn);
  });
  onTestFinished(() => clearImmediate(next));
  const [input] = transactionOf({}).inputs;
  const inputs = Array.from({ length: inputCount }, () => input ?? []).flat();
  const outputs = [{ value: amount(0n), scriptPubKey: new Uint8Array(outputBytes) }];
  const tx = hashTransaction(transactionOf({ tx: { inputs, outputs } }), EXOS_WIRE);
  const prevouts = inputs.map(() => ({
    value: amount(1n),
    get scriptPubKey() {
      byTurn.push((byTurn.pop() ?? 0) + 1);
      return OP_1;
    },
  }));
  const scripts = createInlineScripts({ wire: EXOS_WIRE, dialect: "exos" });
  const outcomes = await scripts.verify([{ tx, prevouts, flags: 0 }]);
  expect(outcomes).toEqual([{ error: undefined, coldStake: false }]);
  return byTurn.filter((count) => count > 0);
}

it("looks at few inputs of a transaction in one turn, at fewer where it is long", async () => {
  expect(await inputsByTurn(100, 0)).toEqual([32, 32, 32, 4]);
  expect(await inputsByTurn(10, 300_000)).toEqual([4, 4, 2]);
  expect(await inputsByTurn(3, 2_000_000)).toEqual([1, 1, 1]);
});

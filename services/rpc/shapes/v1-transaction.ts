import * as z from "zod";
import { toHex } from "#services/rpc/json/hex.ts";
import {
  AMOUNT_SCHEMA,
  amountText,
  HASH_SCHEMA,
  HEIGHT_SCHEMA,
  HEX_SCHEMA,
  TIME_SCHEMA,
} from "#services/rpc/routes/schemas.ts";
import { ownerText } from "#services/rpc/views/network-names.ts";
import { viewScript } from "#services/rpc/views/script-view.ts";
import {
  type SpentOutput,
  sumOfOutputs,
  type TransactionView,
} from "#services/rpc/views/transaction-view.ts";
import { coinKind } from "#shared/consensus/coin-kind.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { Spender } from "#shared/ports/address-index.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction, TxInput, TxOutput } from "#shared/primitives/transaction.ts";
import { isCoinbase } from "#shared/primitives/transaction-shape.ts";

const SCRIPT = z.object({
  hex: HEX_SCHEMA,
  asm: z.string(),
  type: z.string(),
  address: z.string().nullable().meta({ description: "The address it pays, if one" }),
  owner: z.string().nullable().meta({ description: "The address whose history lists it" }),
});

const INPUT = z.object({
  txid: HASH_SCHEMA.nullable().meta({ description: "null in a coinbase" }),
  index: z.int().min(0).nullable(),
  sequence: z.int().min(0),
  scriptSig: z.object({ hex: HEX_SCHEMA }),
  witness: z.array(HEX_SCHEMA),
  spends: z
    .object({ value: AMOUNT_SCHEMA, time: TIME_SCHEMA, height: HEIGHT_SCHEMA, script: SCRIPT })
    .nullable(),
});

const OUTPUT = z.object({
  index: z.int().min(0),
  value: AMOUNT_SCHEMA,
  script: SCRIPT,
  spentBy: z.object({ txid: HASH_SCHEMA, input: z.int().min(0), height: HEIGHT_SCHEMA }).nullable(),
});

/** A transaction in the native API: where its coins come from and where they go. */
export const V1_TRANSACTION = z.object({
  txid: HASH_SCHEMA,
  wtxid: HASH_SCHEMA,
  kind: z.enum(["ordinary", "coinbase", "coinstake"]),
  version: z.int(),
  time: TIME_SCHEMA.nullable().meta({ description: "null on networks without it" }),
  lockTime: z.int().min(0),
  size: z.int(),
  weight: z.int(),
  fee: AMOUNT_SCHEMA.nullable(),
  inputs: z.array(INPUT),
  outputs: z.array(OUTPUT),
  block: z
    .object({
      height: HEIGHT_SCHEMA,
      hash: HASH_SCHEMA,
      time: TIME_SCHEMA,
      position: z.int().min(0),
      confirmations: z.int(),
    })
    .nullable(),
});

/** @param spenders by output index, as far as the index knows them */
export function v1Transaction(
  view: TransactionView,
  spenders: ReadonlyMap<number, Spender>,
  network: Network,
): z.output<typeof V1_TRANSACTION> {
  const { tx, spent } = view;
  return {
    txid: toHashHex(tx.txid),
    wtxid: toHashHex(tx.wtxid),
    kind: coinKind(tx, network.consensus),
    version: tx.version,
    time: network.consensus.wire.transactionTime ? tx.time : null,
    lockTime: tx.lockTime,
    size: tx.sizeTotal,
    weight: 3 * tx.sizeStripped + tx.sizeTotal,
    fee: feeText(view, network),
    inputs: tx.inputs.map((input, place) => v1Input(input, spent?.[place], tx, network)),
    outputs: tx.outputs.map((output, index) =>
      v1Output(output, index, spenders.get(index), network),
    ),
    block: blockOf(view),
  };
}

function feeText({ tx, spent }: TransactionView, { consensus }: Network): string | null {
  if (coinKind(tx, consensus) !== "ordinary") return "0";
  if (spent === undefined) return null;
  return amountText(sumOfOutputs(spent) - sumOfOutputs(tx.outputs));
}

function blockOf({ placement }: TransactionView) {
  if (placement === undefined) return null;
  const { record, position, confirmations } = placement;
  const { height, hash, header } = record;
  return { height, hash, time: header.time, position, confirmations };
}

function v1Script(script: Uint8Array, network: Network): z.output<typeof SCRIPT> {
  const { asm, type, address } = viewScript(script, network);
  const owner = ownerText(script, network) ?? null;
  return { hex: toHex(script), asm, type, address: address ?? null, owner };
}

function v1Input(
  { prevout, sequence, scriptSig, witness }: TxInput,
  spent: SpentOutput | undefined,
  tx: HashedTransaction,
  network: Network,
): z.output<typeof INPUT> {
  const spendsNothing = isCoinbase(tx);
  return {
    txid: spendsNothing ? null : toHashHex(prevout.txid),
    index: spendsNothing ? null : prevout.index,
    sequence,
    scriptSig: { hex: toHex(scriptSig) },
    witness: witness.map(toHex),
    spends:
      spent === undefined
        ? null
        : {
            value: amountText(spent.value),
            time: spent.time,
            height: spent.height,
            script: v1Script(spent.scriptPubKey, network),
          },
  };
}

function v1Output(
  { value, scriptPubKey }: TxOutput,
  index: number,
  spender: Spender | undefined,
  network: Network,
): z.output<typeof OUTPUT> {
  return {
    index,
    value: amountText(value),
    script: v1Script(scriptPubKey, network),
    spentBy: spender ?? null,
  };
}

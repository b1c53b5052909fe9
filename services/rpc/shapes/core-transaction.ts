import { exactCoins } from "#services/rpc/json/exact-number.ts";
import { toHex } from "#services/rpc/json/hex.ts";
import { coreScript } from "#services/rpc/shapes/core-script.ts";
import { asmOf } from "#services/rpc/views/asm.ts";
import { viewScript } from "#services/rpc/views/script-view.ts";
import type { SpentOutput, TransactionView } from "#services/rpc/views/transaction-view.ts";
import { sumOfOutputs } from "#services/rpc/views/transaction-view.ts";
import { coinKind } from "#shared/consensus/coin-kind.ts";
import type { Network } from "#shared/consensus/params.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction, TxInput, TxOutput } from "#shared/primitives/transaction.ts";
import { isCoinbase, isCoinstake } from "#shared/primitives/transaction-shape.ts";

/**
 * A transaction in Bitcoin Core 28's keys, with `is_coinstake` and `ntime` on networks that know
 * them. Weight is `3 × stripped + total` everywhere. @source interfaces.md 0, 2
 */
export function coreTransaction(view: TransactionView, network: Network): object {
  const { tx, spent } = view;
  const weight = 3 * tx.sizeStripped + tx.sizeTotal;
  const { consensus } = network;
  const fee = feeOf(view, network);
  return {
    txid: toHashHex(tx.txid),
    hash: toHashHex(tx.wtxid),
    version: tx.version,
    ...(consensus.wire.transactionTime ? { ntime: tx.time } : {}),
    ...(consensus.stake === undefined ? {} : { is_coinstake: isCoinstake(tx) }),
    size: tx.sizeTotal,
    vsize: Math.ceil(weight / 4),
    weight,
    locktime: tx.lockTime,
    vin: tx.inputs.map((input, index) => coreInput(input, spent?.[index], tx, network)),
    vout: tx.outputs.map((output, index) => coreOutput(output, index, network)),
    ...(fee === undefined ? {} : { fee: exactCoins(fee) }),
    hex: toHex(tx.raw),
  };
}

/** Where a transaction stands, as `getrawtransaction` ends. */
export function corePlacement({ tx, placement }: TransactionView, network: Network): object {
  if (placement === undefined) {
    return network.consensus.wire.transactionTime ? { time: tx.time } : {};
  }
  const { record, confirmations } = placement;
  return {
    blockhash: record.hash,
    confirmations: Math.max(0, confirmations),
    time: record.header.time,
    blocktime: record.header.time,
  };
}

/** What the sender gave up. A coinstake pays none: its inputs come back with the reward. */
function feeOf({ tx, spent }: TransactionView, { consensus }: Network): bigint | undefined {
  if (spent === undefined || coinKind(tx, consensus) !== "ordinary") return undefined;
  return sumOfOutputs(spent) - sumOfOutputs(tx.outputs);
}

function coreInput(
  input: TxInput,
  spent: SpentOutput | undefined,
  tx: HashedTransaction,
  network: Network,
): object {
  const witness = input.witness.length === 0 ? {} : { txinwitness: input.witness.map(toHex) };
  if (isCoinbase(tx)) {
    return { coinbase: toHex(input.scriptSig), ...witness, sequence: input.sequence };
  }
  return {
    txid: toHashHex(input.prevout.txid),
    vout: input.prevout.index,
    scriptSig: {
      asm: asmOf(input.scriptSig, network, { sighash: true }),
      hex: toHex(input.scriptSig),
    },
    ...witness,
    ...(spent === undefined ? {} : { prevout: corePrevout(spent, network) }),
    sequence: input.sequence,
  };
}

function corePrevout({ generated, height, value, scriptPubKey }: SpentOutput, network: Network) {
  return {
    generated,
    height,
    value: exactCoins(value),
    scriptPubKey: coreScript(viewScript(scriptPubKey, network)),
  };
}

function coreOutput({ value, scriptPubKey }: TxOutput, index: number, network: Network): object {
  return {
    value: exactCoins(value),
    n: index,
    scriptPubKey: coreScript(viewScript(scriptPubKey, network)),
  };
}

import * as z from "zod";
import { exactCoins } from "#services/rpc/json/exact-number.ts";
import { toHex } from "#services/rpc/json/hex.ts";
import { parseCoins } from "#services/rpc/json/parse-coins.ts";
import { bytesOf, COUNT_PARAMETER, HEX_TEXT_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, type RpcError, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { FEE_RATE_PARAMETER, feeRateOf } from "#services/rpc/methods/wallet/payment-options.ts";
import {
  answerOf,
  COINS_PARAMETER,
  defineWalletMethod,
} from "#services/rpc/methods/wallet/wallet-method.ts";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeTransaction } from "#shared/codec/encode-transaction.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { PaymentDraft } from "#shared/ports/wallets.ts";
import { amount, unixSeconds } from "#shared/primitives/brand.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { HashedTransaction, Transaction } from "#shared/primitives/transaction.ts";
import { parseAddress, scriptOfAddress } from "#shared/script/address.ts";
import { classifyScript } from "#shared/script/classify-script.ts";

const OPTIONS = z.strictObject({
  changeAddress: z.string().optional(),
  changePosition: COUNT_PARAMETER.optional(),
  feeRate: COINS_PARAMETER.optional(),
  fee_rate: FEE_RATE_PARAMETER,
  subtractFeeFromOutputs: z.array(COUNT_PARAMETER).default([]),
  replaceable: z.boolean().default(false),
  minconf: COUNT_PARAMETER.default(0),
});

export const fundRawTransaction = defineWalletMethod({
  name: "fundrawtransaction",
  description:
    "Choose coins and change for a transaction's outputs; where it has inputs, exactly those are " +
    "spent. Data come last but for the change.",
  parameters: () => ({
    hexstring: HEX_TEXT_PARAMETER,
    options: OPTIONS.prefault({}),
    iswitness: z.boolean().optional(),
  }),
  async run({ hexstring, options }, { loaded, deps }) {
    const { network } = deps;
    const bytes = bytesOf(hexstring);
    const tx = bytes === undefined ? undefined : decodeTransaction(bytes, network.consensus.wire);
    if (tx?.ok !== true) return refuse(RPC_CODES.undecodable, "TX decode failed");
    const draft = draftOf(tx.value, options, network);
    if (!draft.ok) return draft;
    return answerOf(await loaded.fund(draft.value), ({ transaction, fee, change }) => {
      const funded = withRest(transaction, tx.value);
      const raw = encodeTransaction(funded, network.consensus.wire, { witness: false });
      return { hex: toHex(raw), fee: exactCoins(fee), changepos: change ?? -1 };
    });
  },
});

function draftOf(
  { inputs, outputs }: HashedTransaction,
  options: z.output<typeof OPTIONS>,
  { addresses, consensus }: Network,
): Result<PaymentDraft, RpcError> {
  const change =
    options.changeAddress === undefined
      ? undefined
      : parseAddress(options.changeAddress, addresses);
  if (options.changeAddress !== undefined && change === undefined) {
    return refuse(RPC_CODES.notFound, "Change address must be a valid address");
  }
  const perByte = feeRateOf(options.fee_rate);
  if (!perByte.ok) return perByte;
  const perThousand = options.feeRate === undefined ? undefined : parseCoins(options.feeRate);
  if (options.feeRate !== undefined && perThousand === undefined) {
    return refuse(RPC_CODES.type, "Invalid feeRate");
  }
  const data = outputs.flatMap(({ scriptPubKey }) => {
    const template = classifyScript(scriptPubKey, consensus.dialect);
    return template.kind === "nulldata" ? [template.pushes] : [];
  });
  if (data.length > 1) return refuse(RPC_CODES.parameter, "more than one output of data");
  const [push] = data[0] ?? [];
  const payments = outputs.filter(({ scriptPubKey }) => scriptPubKey[0] !== 0x6a);
  return {
    ok: true,
    value: {
      payments,
      ...(push === undefined ? {} : { data: push }),
      ...(inputs.length === 0 ? {} : { inputs: inputs.map(({ prevout }) => prevout) }),
      feeFrom: options.subtractFeeFromOutputs,
      replaceable: options.replaceable,
      confirmationsMin: options.minconf,
      changeScript: change === undefined ? undefined : scriptOfAddress(change),
      changePlace: options.changePosition,
      ...perByte.value,
      ...(perThousand === undefined ? {} : { feeRate: amount(perThousand) }),
    },
  };
}

/** What its maker said beside coins and outputs stays as it was. */
function withRest(funded: Transaction, given: HashedTransaction): Transaction {
  const final = 0xffff_ffff;
  const { lockTime } = given;
  return {
    ...funded,
    version: given.version,
    time: unixSeconds(Math.max(funded.time, given.time)),
    lockTime,
    inputs: funded.inputs.map((input) =>
      lockTime !== 0 && input.sequence === final ? { ...input, sequence: final - 1 } : input,
    ),
  };
}

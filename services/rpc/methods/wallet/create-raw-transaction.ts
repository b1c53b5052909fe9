import * as z from "zod";
import { toHex } from "#services/rpc/json/hex.ts";
import type { CallContext } from "#services/rpc/json-rpc/call-context.ts";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { COUNT_PARAMETER, HASH_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { rawOutputs } from "#services/rpc/methods/wallet/raw-outputs.ts";
import { encodeTransaction } from "#shared/codec/encode-transaction.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";

const UINT32_MAX = 0xffff_ffff;
/** Says that the transaction may be replaced. @source BIP125 */
const REPLACEABLE = UINT32_MAX - 2;
const UINT32_PARAMETER = COUNT_PARAMETER.max(UINT32_MAX, "is over 4294967295");
const NO_BYTES = new Uint8Array(0);

export const createRawTransaction = defineMethod({
  name: "createrawtransaction",
  reach: "local",
  description: "A transaction of these inputs and outputs, unsigned; nothing is checked or sent.",
  parameters: () => ({
    inputs: z.array(
      z.object({
        txid: HASH_PARAMETER,
        vout: UINT32_PARAMETER,
        sequence: UINT32_PARAMETER.optional(),
      }),
    ),
    outputs: z.union([
      z.array(z.record(z.string(), z.unknown())),
      z.record(z.string(), z.unknown()),
    ]),
    locktime: UINT32_PARAMETER.default(0),
    replaceable: z.boolean().default(false),
    ntime: UINT32_PARAMETER.optional(),
  }),
  async run({ inputs, outputs: given, locktime, replaceable, ntime }, context) {
    const { network } = context.deps;
    const { wire } = network.consensus;
    const outputs = rawOutputs(Array.isArray(given) ? given : [given], network);
    if (!outputs.ok) return outputs;
    const sequence = replaceable ? REPLACEABLE : locktime === 0 ? UINT32_MAX : UINT32_MAX - 1;
    const spent = inputs.map(({ txid, vout }) => ({ txid: fromHashHex(txid), index: vout }));
    const time = wire.transactionTime ? (ntime ?? (await timeAfter(spent, context))) : 0;
    const transaction = {
      version: 1,
      time: unixSeconds(time),
      inputs: spent.map((prevout, place) => ({
        prevout,
        scriptSig: NO_BYTES,
        sequence: inputs[place]?.sequence ?? sequence,
        witness: [],
      })),
      outputs: outputs.value,
      lockTime: locktime,
    };
    // In this form EXOS marks a transaction without inputs, or nobody could read it again.
    return { ok: true, value: toHex(encodeTransaction(transaction, wire, { witness: true })) };
  },
});

/** The later of now and whatever the inputs were made at. */
async function timeAfter(
  spent: readonly Outpoint[],
  { deps, stores }: CallContext,
): Promise<number> {
  const made = await stores.index.outputs(spent);
  return Math.max(deps.clock.now(), ...made.map((output) => output?.time ?? 0));
}

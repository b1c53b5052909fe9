import * as z from "zod";
import { askNode, COINS } from "#services/cli/ask-node.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";
import { isPaymentLink, parsePaymentLink } from "#services/cli/wallet/payment-uri.ts";
import { toHex } from "#shared/primitives/hex.ts";

/** A payment as it would be sent, unsigned. */
export interface PlannedSend {
  readonly to: string;
  /** Coins, eight places. */
  readonly amount: string;
  readonly fee: string;
  readonly change: { readonly address: string; readonly amount: string } | undefined;
  /** Kept in the transaction for everybody to read. */
  readonly data: string | undefined;
  readonly ntime: number | undefined;
  readonly sizeBytes: number;
  readonly hex: string;
}

const Funded = z.object({ hex: z.string(), fee: COINS, changepos: z.number() });
const Decoded = z.object({
  ntime: z.number().optional(),
  size: z.number(),
  vout: z.array(
    z.object({ value: COINS, scriptPubKey: z.object({ address: z.string().optional() }) }),
  ),
});

/** Who and how much, from two words or from a link. */
function wantedOf({ positionals }: CommandContext, usage: string) {
  const [to, amount, ...rest] = positionals;
  if (to === undefined || rest.length > 0) throw usageFailure("who is paid, and how much?", usage);
  if (!isPaymentLink(to)) {
    if (amount === undefined) throw usageFailure("how much is paid?", usage);
    return { to, amount };
  }
  const link = parsePaymentLink(to);
  if (!link.ok) throw usageFailure(link.error, usage);
  const asked = amount ?? link.value.amount;
  if (asked === undefined) throw usageFailure("the link names no amount: give one", usage);
  return { to: link.value.address, amount: asked };
}

/** Choose coins and change in the running node; nothing is signed or sent. */
export async function planSend(context: CommandContext, usage: string): Promise<PlannedSend> {
  const { options } = context;
  const { wallet } = options;
  const { to, amount } = wantedOf(context, usage);
  const data = options["op-return"];
  const outputs = [
    { [to]: amount },
    ...(data === undefined ? [] : [{ data: toHex(new TextEncoder().encode(data)) }]),
  ];
  const bare = { method: "createrawtransaction", params: [[], outputs] };
  const hexstring = await askNode(context, bare, z.string());
  const rate = options["fee-rate"];
  const funding = {
    ...(rate === undefined ? {} : { feeRate: rateText(rate, usage) }),
    ...(options["subtract-fee"] === undefined ? {} : { subtractFeeFromOutputs: [0] }),
  };
  const question = { method: "fundrawtransaction", params: [hexstring, funding], wallet };
  const { hex, fee, changepos } = await askNode(context, question, Funded);
  const decoded = await askNode(
    context,
    { method: "decoderawtransaction", params: [hex] },
    Decoded,
  );
  const change = decoded.vout[changepos];
  const paid = decoded.vout.find(({ scriptPubKey }) => scriptPubKey.address === to);
  if (paid === undefined) {
    throw new CommandFailure("the node built another payment", { code: "EXOS-E9001" });
  }
  return {
    ...{ to, amount: paid.value, fee, data, hex },
    change:
      change === undefined
        ? undefined
        : { address: change.scriptPubKey.address ?? "", amount: change.value },
    ntime: decoded.ntime,
    sizeBytes: decoded.size,
  };
}

/** Base units per 1,000 bytes, as coins. */
function rateText(rate: string, usage: string): string {
  if (!/^\d{1,15}$/.test(rate))
    throw usageFailure("--fee-rate is base units per 1,000 bytes", usage);
  const digits = rate.padStart(9, "0");
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`;
}

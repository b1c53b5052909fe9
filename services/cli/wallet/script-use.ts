import * as z from "zod";
import type { lookUpKeys } from "#services/cli/embedded/wallet-files.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { getFromNode, type NodeCaller } from "#services/cli/node-client.ts";
import { addressOfScript, printAddress } from "#shared/script/address.ts";

type ScriptUse = Awaited<ReturnType<Parameters<typeof lookUpKeys>[2]>>;

const Sum = z.object({ transactions: z.number() });
const Totals = z.object({ balance: z.string(), transfer: Sum, stake: Sum, mined: Sum });

/**
 * What a running node's chain knows of a script: the keys stay here, addresses alone are told.
 * @throws CommandFailure with exit code 8 when no node answers, 3 when it is not ready
 */
export async function scriptUse(caller: NodeCaller, script: Uint8Array): Promise<ScriptUse> {
  const owner = addressOfScript(script);
  const address =
    owner === undefined ? undefined : printAddress(owner, caller.config.network.addresses);
  const { status, text } = await getFromNode(caller, `/v1/addresses/${address ?? ""}`);
  const totals = Totals.safeParse(status === 200 ? JSON.parse(text) : undefined);
  if (!totals.success) {
    throw new CommandFailure(`the node answered ${status}`, { code: "EXOS-E2001", exit: 3 });
  }
  const { balance, transfer, stake, mined } = totals.data;
  const used = [transfer, stake, mined].some(({ transactions }) => transactions > 0);
  return { used, balance: BigInt(balance) };
}

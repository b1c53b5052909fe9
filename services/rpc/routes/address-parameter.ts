import * as z from "zod";
import { type Refusal, refused } from "#services/rpc/problems.ts";
import { leftChain } from "#services/rpc/views/page-cursor.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { PageFault } from "#shared/ports/address-index.ts";
import type { Result } from "#shared/primitives/result.ts";
import { parseAddress, scriptOfAddress } from "#shared/script/address.ts";

/** `:a`: an address of this network. */
export const ADDRESS_PARAMETERS = {
  a: z.string().min(1).max(112).meta({ description: "An address of this network" }),
};

/** How the kinds of transactions are called where people ask. */
export const KIND_NAMES = { transfer: "ordinary", stake: "coinstake", mined: "coinbase" } as const;

/** The same names, the other way round. */
export const NAMES_OF_KINDS = {
  ordinary: "transfer",
  coinstake: "stake",
  coinbase: "mined",
} as const;

/** @returns the output script that pays the address */
export function scriptOfParameter(text: string, network: Network): Result<Uint8Array, Refusal> {
  const address = parseAddress(text, network.addresses);
  return address === undefined
    ? refused("EXOS-E4003", "Not an address of this network")
    : { ok: true, value: scriptOfAddress(address) };
}

/** What a page of the index could not be made for. @param path the list from its beginning */
export function refusePage(fault: PageFault, path: string): ReturnType<typeof refused> {
  if (fault === "cursor left the chain") return leftChain(path);
  return refused("EXOS-E4005", "This cursor was not made here");
}

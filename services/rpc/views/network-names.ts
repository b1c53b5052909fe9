import type { Network } from "#shared/consensus/params.ts";
import { addressOfScript, printAddress } from "#shared/script/address.ts";
import { ownerScript } from "#shared/script/owner-script.ts";

/** The address that a script pays. @returns `undefined` for a bare key and for anything else */
export function addressText(script: Uint8Array, { addresses }: Network): string | undefined {
  const address = addressOfScript(script);
  return address === undefined ? undefined : printAddress(address, addresses);
}

/** The address under which the index lists the owner of a script. */
export function ownerText(script: Uint8Array, network: Network): string | undefined {
  return addressText(ownerScript(script), network);
}
